/**
 * Loads leakwatch's own modules, which are CommonJS. Node's loaders take 0.5 ms for each module, to resolve its path and to call
 * hooks. This takes 0.2 ms, and 0.1 ms for a module that is in one file with others. It is independent of the program: a compiler
 * that hooks `require` makes no copies, and `require.cache` stays as it is.
 */

const { Buffer, process } = globalThis
const { getBuiltinModule } = process
/** A program may replace what is in one: leakwatch's calls would be its. What stands behind an object as its prototype is read as fast as before. */
const kept = <T extends object>(namespace: T): T =>
  Object.create(Object.create(null, Object.getOwnPropertyDescriptors(namespace)))

/** Kept, as the program may delete any of them. */
const globals = {
  ...{
    process,
    Array,
    Date,
    Error,
    JSON: kept(JSON),
    Map,
    Math: kept(Math),
    Number,
    Object: kept(Object),
    Promise,
    Proxy,
    Reflect: kept(Reflect),
    RegExp,
    Set,
    String,
  },
  ...{ Symbol, TypeError, WeakMap, WeakRef },
}
const fs = process.getBuiltinModule('node:fs')
const { readFileSync } = fs
const { createRequire, _extensions: extensions } = process.getBuiltinModule('node:module') as Modules
const { dirname, sep } = process.getBuiltinModule('node:path')
const { compileFunction, runInThisContext, Script } = process.getBuiltinModule('node:vm')

type Modules = typeof import('node:module') & {
  /** What `require.extensions` is. */
  _extensions: Record<string, unknown>
}

/** `of`: the package whose dependency it is, where it is none of leakwatch's own. */
type Require = (id: string, of?: string) => unknown
type ModuleBody = (exports: object, require: Require, dirname: string, ...globals: unknown[]) => void

/** With `/` on Windows too, which accepts both. */
const folder = `${dirname(import.meta.dirname).replaceAll(sep, '/')}/`
/** Node's own loader of files. A compiler that is loaded after leakwatch may replace it. */
const extension = globals.Object.getOwnPropertyDescriptor(extensions, '.js')

const globalNames = globals.Object.keys(globals)
const globalValues = globals.Object.values(globals)

/**
 * leakwatch keeps these functions as they are now. Tools that trace file access wrap them later, and must not see leakwatch's own; and
 * a program that breaks them still gets a report. They are taken one by one, as a copy of all takes 0.5 ms. The others are the program's.
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
  'readSync',
  'renameSync',
  'rmdirSync',
  'statSync',
  'unlinkSync',
  'writeSync',
]
const ownFs = globals.Object.create(fs) as Record<string, unknown>
for (const name of fileAccess) ownFs[name] = fs[name]

/** No `Map`: a program may replace its methods. */
const own: Record<string, object> = globals.Object.create(null)
const builtins: Record<string, object> = globals.Object.create(null)
builtins['node:fs'] = ownFs

/** Test runners have contexts of their own. A function of Node's belongs to the main one. */
const isMainContext = runInThisContext.constructor === Function
/** A constant of the main context's script scope, by the name that `detect/source/hook-name.ts` gives it. */
declare const $leakwatch$: { i: unknown } | undefined

/** What `install` gave in this thread, to whichever copy of leakwatch; `undefined`: none did. */
export function installedBefore(): unknown {
  // A script takes 0.1 ms.
  if (!isMainContext) return runInThisContext("typeof $leakwatch$=='object'?$leakwatch$.i:void 0")
  return typeof $leakwatch$ === 'object' ? $leakwatch$.i : undefined
}

interface Before {
  inside: { folder: string; module(path: string): unknown } | null
}

/**
 * Loads one of leakwatch's modules by its path in `dist`: `install.js`. The entries for `import` and for `require` each have a loader: once
 * one has installed leakwatch, its modules are those of both.
 */
export function ownModule(path: string): unknown {
  const inside = (installedBefore() as Before | undefined)?.inside
  return inside?.folder === folder ? inside.module(path) : load(path)
}

function load(path: string): unknown {
  const known = own[path]
  if (known !== undefined) return known
  const exports = {}
  own[path] = exports
  try {
    const here = folder + path.slice(0, globals.Math.max(0, path.lastIndexOf('/')))
    const require: Require = (id, of) => requireFrom(path, id, of)
    const body = bundled(path)
    if (body !== null) body(exports, require, here)
    else compile(path, ['exports', 'require', '__dirname'])(exports, require, here, ...globalValues)
  } catch (error) {
    // The module is not complete: the next call tries again.
    delete own[path]
    throw error
  }
  return exports
}

/** By the path of a module: its body. `places`: by folder and name, which of the `files` has it. */
type Bundle = Record<string, ModuleBody> & { files?: readonly string[]; places?: Places }
type Places = Record<string, Record<string, number>>

let bundle: Bundle | null = null
/** What begins to watch, unless leakwatch is off. */
const watchers = /^(?:install\.js$|runners\/)/
/** What has to be there before V8's code of the others can be. */
const first = 'start.js'
type OwnCode = typeof import('../cache/own-code.ts')
/** `null`: nobody has begun to watch. */
let ownCode: OwnCode | null = null

/** A module that the build has put into one file with others; `null`: it has a file of its own. */
function bundled(path: string): ModuleBody | null {
  bundle ??= compile(first, [])(...(globalValues as [object, Require, string])) as unknown as Bundle
  if (ownCode === null && watchers.test(path) && !isOff()) {
    openCache()
    ownCode = load('cache/own-code.js') as OwnCode
    globals.Object.assign(bundle, readBundle('preload.js', ownCode))
  }
  const at = path.lastIndexOf('/') + 1
  const place = bundle[path] === undefined ? bundle.places?.[path.slice(0, at)]?.[path.slice(at)] : undefined
  if (place !== undefined && ownCode !== null) {
    const file = (bundle.files as readonly string[])[place] as string
    globals.Object.assign(bundle, readBundle(file, ownCode))
  }
  const body = bundle[path]
  if (body === undefined) return null
  ownCode?.used.add(path)
  return body
}

function isOff(): boolean {
  const early = load('settings/early/is-off.js') as typeof import('../settings/early/is-off.ts')
  return early.isOff(process.env)
}

function openCache(): void {
  const places = load('cache/places.js') as typeof import('../cache/places.ts')
  places.openCache(process.env, workingDirectory(), process.argv, process.execArgv)
}

function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return ''
  }
}

/** A script, not a function as `compile` makes: of a function V8 gives no code that was compiled later. */
function readBundle(file: string, { codeOf, scripts }: OwnCode): Bundle {
  // As text: for bytes Node calls functions of `fs` that a program may have broken.
  const source = readFileSync(folder + file, 'utf8')
  const text = Buffer.from(source, 'latin1')
  const code = codeOf(file, text)
  const script = new Script(`(function(${globalNames}){${source}})`, {
    filename: folder + file,
    ...(code === undefined ? {} : { cachedData: code }),
  })
  scripts.push({ file, text, script, isKept: script.cachedDataRejected === false })
  return (script.runInThisContext() as (...globals: unknown[]) => Bundle)(...globalValues)
}

function compile(path: string, names: readonly string[]): ModuleBody {
  const file = folder + path
  const text = readFileSync(file, 'utf8')
  return compileFunction(text, [...names, ...globalNames], { filename: file }) as ModuleBody
}

function requireFrom(path: string, id: string, of?: string): unknown {
  if (id.startsWith('node:')) return builtin(id)
  if (id.startsWith('/')) return load(id.slice(1))
  return id.startsWith('.') ? load(join(path, id)) : requirePackage(id, of)
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

/** Node's functions as they were when leakwatch first needed them: the program may replace them. */
function builtin(id: string): object {
  let copy = builtins[id]
  if (copy === undefined) {
    const real = getBuiltinModule.call(process, id) as unknown as object
    copy =
      typeof real === 'function'
        ? real
        : globals.Object.create(null, globals.Object.getOwnPropertyDescriptors(real))
    builtins[id] = copy as object
  }
  return copy as object
}

/** Loads a package, and leaves nothing in `require.cache`. */
function requirePackage(id: string, of?: string): unknown {
  const packages = createRequire(`${folder}package.json`)
  const { cache } = packages
  const theirs = new Set(globals.Object.keys(cache))
  const theirExtension = globals.Object.getOwnPropertyDescriptor(extensions, '.js')
  setExtension(extension)
  try {
    return (of === undefined ? packages : createRequire(packages.resolve(of)))(id)
  } finally {
    setExtension(theirExtension)
    for (const key of globals.Object.keys(cache)) if (!theirs.has(key)) delete cache[key]
  }
}

function setExtension(descriptor: PropertyDescriptor | undefined): void {
  if (descriptor !== undefined) Reflect.defineProperty(extensions, '.js', descriptor)
}
