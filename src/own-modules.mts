/**
 * Loads leakwatch's own modules, which are CommonJS. Node's loaders take 0.5 ms for each, looking for what a path means and
 * whose hooks want to see it; this takes 0.2, and 0.1 where it stands in one file with others. Nothing of the program's has a
 * part in it: no compiler that hooks `require` makes copies, and `require.cache` stays the program's.
 */

const { process } = globalThis
const { getBuiltinModule } = process
/** The program may take any of them away. */
const globals = {
  ...{
    process,
    Array,
    Date,
    Error,
    JSON,
    Map,
    Math,
    Number,
    Object,
    Promise,
    Proxy,
    Reflect,
    RegExp,
    Set,
    String,
  },
  ...{ Symbol, TypeError, WeakMap, WeakRef },
}
const fs = process.getBuiltinModule('node:fs')
const { readFileSync } = fs
const { createRequire } = process.getBuiltinModule('node:module')
const { sep } = process.getBuiltinModule('node:path')
const { fileURLToPath } = process.getBuiltinModule('node:url')
const { compileFunction } = process.getBuiltinModule('node:vm')

type Require = (id: string) => unknown
type ModuleBody = (exports: object, require: Require, dirname: string, ...globals: unknown[]) => void

/** With `/` on Windows too, which takes either. */
const folder = fileURLToPath(new URL('.', import.meta.url)).replaceAll(sep, '/')
const packages = createRequire(import.meta.url)
const extensions = packages.extensions as Record<string, unknown>
/** What loads a file, before any compiler that comes after leakwatch. */
const extension = Object.getOwnPropertyDescriptor(extensions, '.js')

const globalNames = Object.keys(globals)
const globalValues = Object.values(globals)

/**
 * Whoever traces the program's file access wraps these later on, and is not to see leakwatch's; who breaks them is to have a report
 * all the same. Taken one by one, as a copy of all takes 0.5 ms. The others are the program's.
 */
const fileAccess: readonly (keyof typeof fs)[] = [
  'closeSync',
  'existsSync',
  'fstatSync',
  'lstatSync',
  'mkdirSync',
  'openSync',
  'readdirSync',
  'readFileSync',
  'readlinkSync',
  'renameSync',
  'rmdirSync',
  'statSync',
  'unlinkSync',
  'writeSync',
]
const ownFs = Object.create(fs) as Record<string, unknown>
for (const name of fileAccess) ownFs[name] = fs[name]

const own = new Map<string, object>()
const builtins = new Map<string, object>([['node:fs', ownFs]])

/** One of leakwatch's modules, by its path below this folder: `install.js`. */
export function ownModule(path: string): unknown {
  return load(path)
}

function load(path: string): unknown {
  const known = own.get(path)
  if (known !== undefined) return known
  const exports = {}
  own.set(path, exports)
  try {
    const here = folder + path.slice(0, Math.max(0, path.lastIndexOf('/')))
    const require: Require = (id) => requireFrom(path, id)
    const body = bundled(path)
    if (body !== null) body(exports, require, here)
    else compile(path, ['exports', 'require', '__dirname'])(exports, require, here, ...globalValues)
  } catch (error) {
    // Half of it is no module: the next who needs it tries again.
    own.delete(path)
    throw error
  }
  return exports
}

/** Of a bundle: a module's body, or the file of the bundle that it is in. */
type Bundle = Record<string, ModuleBody | string>

let bundle: Bundle | null = null
/** What begins to watch: before it, as with `LEAKWATCH=off`, there is no need for the others. */
const watcher = 'install.js'

/** A module that the build has put into one file with others; `null` where it has a file of its own. */
function bundled(path: string): ModuleBody | null {
  if (bundle === null && path !== watcher) return null
  bundle ??= readBundle('preload.js')
  const place = bundle[path]
  if (typeof place === 'string') Object.assign(bundle, readBundle(place))
  return (bundle[path] as ModuleBody | undefined) ?? null
}

function readBundle(file: string): Bundle {
  return (compile(file, []) as (...globals: unknown[]) => Bundle)(...globalValues)
}

function compile(path: string, names: readonly string[]): ModuleBody {
  const file = folder + path
  const text = readFileSync(file, 'utf8')
  return compileFunction(text, [...names, ...globalNames], { filename: file }) as ModuleBody
}

function requireFrom(path: string, id: string): unknown {
  if (id.startsWith('node:')) return builtin(id)
  if (id.startsWith('/')) return load(id.slice(1))
  return id.startsWith('.') ? load(join(path, id)) : requirePackage(id)
}

/** The path of a module that `path` names `id`. */
function join(path: string, id: string): string {
  const parts = path.split('/').slice(0, -1)
  for (const part of id.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** Node's functions as they were when leakwatch first asked: the program may replace them. */
function builtin(id: string): object {
  let copy = builtins.get(id)
  if (copy === undefined) {
    const real = getBuiltinModule.call(process, id) as unknown as object
    copy = typeof real === 'function' ? real : Object.create(null, Object.getOwnPropertyDescriptors(real))
    builtins.set(id, copy as object)
  }
  return copy as object
}

/** Leaves nothing behind in `require.cache`. */
function requirePackage(id: string): unknown {
  const { cache } = packages
  const theirs = new Set(Object.keys(cache))
  const theirExtension = Object.getOwnPropertyDescriptor(extensions, '.js')
  setExtension(extension)
  try {
    return packages(id)
  } finally {
    setExtension(theirExtension)
    for (const key of Object.keys(cache)) if (!theirs.has(key)) delete cache[key]
  }
}

function setExtension(descriptor: PropertyDescriptor | undefined): void {
  if (descriptor !== undefined) Reflect.defineProperty(extensions, '.js', descriptor)
}
