/**
 * Reads the program's own modules on their way in. ES modules through Node's loader hooks, CommonJS through
 * `Module.prototype._compile`, which both `require` and `import` of a CommonJS file end in.
 */
import { isAbsolute, join } from 'node:path'
import { recordFault } from '../core/faults.ts'
import { isAskedFor } from './node/asked.ts'
import { isProgramFile } from './own-files.ts'
import type { Loaded } from './transform-module.ts'
import { wrapProperty } from './wrap.ts'

/** What reads a source is loaded with the first that there is. */
const modules = () => require('./transform-module.js') as typeof import('./transform-module.ts')
const sources = () => require('./transform.js') as typeof import('./transform.ts')
const nodeModule = process.getBuiltinModule('node:module')
const { pathToFileURL } = process.getBuiltinModule('node:url')
const ownUrl = pathToFileURL(join(__dirname, '../')).href

/** Files that could not be read, for the report's `notCovered`. */
export const unreadFiles: Set<string> = new Set()

function noteUnread(file: string, error: unknown): void {
  unreadFiles.add(file)
  recordFault('reading a file', error)
}

interface LoadContext {
  /** Of an `import` only. */
  importAttributes?: unknown
  conditions?: readonly string[]
}

type Load = (url: string, context: LoadContext, next: (url: string, context: LoadContext) => Loaded) => Loaded

interface SyncHooks {
  /** Since Node 22.15. */
  registerHooks?: (hooks: { load: Load }) => { deregister(): void }
}

/** `options` is what Node was started with. Returns its undo; hooks of a loader thread, on Node before 22.15, stay. */
export function watchModules(options: readonly string[]): () => void {
  const { registerHooks } = nodeModule as SyncHooks
  const modulePrototype = nodeModule.Module.prototype as unknown as { _compile: unknown }
  const undo = wrapProperty(modulePrototype, '_compile', (original, self, args) =>
    Reflect.apply(original, self, transformCompiled(args)),
  )
  const compile = modulePrototype._compile
  let deregister = () => {}
  if (registerHooks !== undefined) {
    const load: Load = (url, context, next) => {
      if (url.startsWith('node:')) isAskedFor(url)
      const loaded = next(url, context)
      if (!url.startsWith('file:') || url.startsWith(ownUrl)) return loaded
      // Who has replaced `_compile` may not call ours.
      return isRequired(loaded, context) && modulePrototype._compile === compile
        ? loaded
        : modules().transformModule(url, loaded, noteUnread)
    }
    const hooks = registerHooks({ load })
    deregister = () => hooks.deregister()
  } else {
    const { watchOldLoader } = require('./old-loader.js') as typeof import('./old-loader.ts')
    deregister = watchOldLoader((url, loaded) => modules().transformModule(url, loaded, noteUnread), options)
  }
  return () => {
    deregister()
    undo?.()
  }
}

/** Whether it comes to `_compile` next. */
function isRequired({ format }: Loaded, { importAttributes, conditions }: LoadContext): boolean {
  return format === 'commonjs' && importAttributes === undefined && conditions?.includes('require') === true
}

/** The arguments of `_compile(content, file, format)`. */
function transformCompiled(args: unknown[]): unknown[] {
  const [content, file] = args
  if (typeof content !== 'string' || typeof file !== 'string') return args
  if (!isAbsolute(file) || !isProgramFile(file)) return args
  try {
    const source = sources().transform(content, file)
    return source === null ? args : [source, ...args.slice(1)]
  } catch (error) {
    noteUnread(file, error)
    return args
  }
}
