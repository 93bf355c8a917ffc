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

type Load = (url: string, context: unknown, next: (url: string, context: unknown) => Loaded) => Loaded

interface SyncHooks {
  /** Since Node 22.15. */
  registerHooks?: (hooks: { load: Load }) => { deregister(): void }
}

/** `options` is what Node was started with. Returns its undo; hooks of a loader thread, on Node before 22.15, stay. */
export function watchModules(options: readonly string[]): () => void {
  const { registerHooks } = nodeModule as SyncHooks
  let deregister = () => {}
  if (registerHooks !== undefined) {
    const load: Load = (url, context, next) => {
      if (url.startsWith('node:')) isAskedFor(url)
      const loaded = next(url, context)
      return url.startsWith('file:') && !url.startsWith(ownUrl)
        ? modules().transformModule(url, loaded, noteUnread)
        : loaded
    }
    const hooks = registerHooks({ load })
    deregister = () => hooks.deregister()
  } else {
    const { watchOldLoader } = require('./old-loader.js') as typeof import('./old-loader.ts')
    deregister = watchOldLoader((url, loaded) => modules().transformModule(url, loaded, noteUnread), options)
  }
  const undo = wrapProperty(nodeModule.Module.prototype, '_compile', (original, self, args) =>
    Reflect.apply(original, self, transformCompiled(args)),
  )
  return () => {
    deregister()
    undo?.()
  }
}

/** The arguments of `_compile(content, filename, format)`. */
function transformCompiled(args: unknown[]): unknown[] {
  const [content, file, ...rest] = args
  if (typeof content !== 'string' || typeof file !== 'string') return args
  if (!isAbsolute(file) || !isProgramFile(file)) return args
  try {
    const source = sources().transform(content, file)
    return source === null ? args : [source, file, ...rest]
  } catch (error) {
    noteUnread(file, error)
    return args
  }
}
