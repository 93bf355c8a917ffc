/**
 * Reads the program's own modules on their way in. ES modules through Node's loader hooks, CommonJS through
 * `Module.prototype._compile`, which both `require` and `import` of a CommonJS file end in.
 */
import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { isAbsolute } from 'node:path'
import { recordFault } from '../core/faults.ts'
import { filePath } from '../core/stack.ts'
import { shiftsOf, unshifted, type Shift } from './inline-map.ts'
import { insertionsFor, transform } from './transform.ts'
import { wrapProperty } from './wrap.ts'

interface Loaded {
  format?: string | null | undefined
  source?: string | ArrayBuffer | NodeJS.ArrayBufferView | null | undefined
}

const ownFolder = filePath(new URL('..', import.meta.url).href) ?? ''

/** Files that could not be read, for the report's `notCovered`. */
export const unreadFiles: Set<string> = new Set()

/** Whether a module is of the program's own code. */
export function isProgramFile(file: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(ownFolder)
}

/** A module as a loader gave it, with registrations; the very same where nothing changes. */
export function transformLoaded<T extends Loaded>(url: string, loaded: T): T {
  try {
    if (!url.startsWith('file:') || (loaded.format !== 'module' && loaded.format !== 'module-typescript')) return loaded
    const file = filePath(url)
    if (file === null || !isProgramFile(file) || loaded.source === null || loaded.source === undefined) return loaded
    const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
    const source = transformOrNote(text, file)
    return source === null ? loaded : { ...loaded, source }
  } catch (error) {
    recordFault('reading a module', error)
    return loaded
  }
}

function transformOrNote(text: string, file: string): string | null {
  try {
    return transform(text, file)
  } catch (error) {
    unreadFiles.add(file)
    recordFault('reading a file', error)
    return null
  }
}

interface SyncHooks {
  registerHooks?: (hooks: { load: (url: string, context: unknown, next: (url: string, context: unknown) => Loaded) => Loaded }) => {
    deregister(): void
  }
}

/** Returns its undo; hooks of a loader thread, on Node before 22.15, stay. */
export function watchModules(): () => void {
  const { registerHooks } = nodeModule as SyncHooks
  let deregister = () => {}
  if (registerHooks !== undefined) {
    const hooks = registerHooks({ load: (url, context, next) => transformLoaded(url, next(url, context)) })
    deregister = () => hooks.deregister()
  } else {
    nodeModule.register(new URL('./loader-thread.js', import.meta.url))
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
  if (typeof content !== 'string' || typeof file !== 'string' || !isAbsolute(file) || !isProgramFile(file)) return args
  if (rest[0] === 'json' || rest[0] === 'wasm') return args
  const source = transformOrNote(content, file)
  return source === null ? args : [source, file, ...rest]
}

const shifts = new Map<string, Shift[]>()

/**
 * The column of a place as the file on disk has it: what was inserted before it on its line is taken off again. Asked
 * when a report is made; the insertions are found anew, as they may have been made in another thread.
 */
export function originalColumn(file: string, line: number, column: number): number {
  if (!isAbsolute(file) || !isProgramFile(file) || nodeModule.findSourceMap(file) !== undefined) return column
  let known = shifts.get(file)
  if (known === undefined) {
    known = shiftsInFile(file)
    shifts.set(file, known)
  }
  return known.length === 0 ? column : unshifted(known, line, column)
}

function shiftsInFile(file: string): Shift[] {
  try {
    const source = readFileSync(file, 'utf8')
    return shiftsOf(source, insertionsFor(source, file))
  } catch {
    return []
  }
}
