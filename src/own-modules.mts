/**
 * Loads leakwatch's own modules, which are CommonJS. Node's loaders take 0.5 ms for each, looking for what a path means and
 * whose hooks want to see it; this takes 0.2, and nothing of the program's has a part in it: no compiler that hooks `require`
 * makes copies, and `require.cache` stays the program's.
 */

const { process } = globalThis
const { getBuiltinModule } = process
/** The program may take any of them away. */
const globals = { process, JSON, Map, Math, Object, Promise, Proxy, Reflect, Set, Symbol, WeakMap, WeakRef }
const fs = process.getBuiltinModule('node:fs')
const { readFileSync } = fs
const { createRequire } = process.getBuiltinModule('node:module')
const { sep } = process.getBuiltinModule('node:path')
const { fileURLToPath } = process.getBuiltinModule('node:url')
const { compileFunction } = process.getBuiltinModule('node:vm')

type Require = (id: string) => unknown
type Compiled = (exports: object, require: Require, dirname: string, ...globals: unknown[]) => void

/** With `/` on Windows too, which takes either. */
const folder = fileURLToPath(new URL('.', import.meta.url)).replaceAll(sep, '/')
const packages = createRequire(import.meta.url)
const extensions = packages.extensions as Record<string, unknown>
/** What loads a file, before any compiler that comes after leakwatch. */
const extension = Object.getOwnPropertyDescriptor(extensions, '.js')

const globalNames = Object.keys(globals)
const globalValues = Object.values(globals)

/**
 * Whoever traces the program's file access wraps these later on, and is not to see leakwatch's: taken one by one, as a copy of all
 * takes 0.5 ms. The others are the program's.
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
  return load(folder + path)
}

function load(file: string): unknown {
  const known = own.get(file)
  if (known !== undefined) return known
  const exports = {}
  own.set(file, exports)
  try {
    const names = ['exports', 'require', '__dirname', ...globalNames]
    const compiled = compileFunction(readFileSync(file, 'utf8'), names, { filename: file }) as Compiled
    const here = file.slice(0, file.lastIndexOf('/'))
    compiled(exports, (id) => requireFrom(here, id), here, ...globalValues)
  } catch (error) {
    // Half of it is no module: the next who needs it tries again.
    own.delete(file)
    throw error
  }
  return exports
}

function requireFrom(here: string, id: string): unknown {
  if (id.startsWith('node:')) return builtin(id)
  return id.startsWith('.') ? load(join(here, id)) : requirePackage(id)
}

function join(here: string, id: string): string {
  const parts = here.split('/')
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
