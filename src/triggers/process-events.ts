/**
 * What the process tells its listeners, seen without being one of them: a `process.emit` of our own, and a wrapped
 * `process.reallyExit`, which `process.exit` inside an exit listener goes straight to.
 */

import { attempt, recordFault } from '../core/self/faults.ts'
import { showAs } from '../core/self/written-text.ts'
import { isHeardByNobodyElse } from './signal-listening.ts'

export interface ProcessWatcher {
  /** A signal for which somebody listens, sent by leakwatch's own command line: no listener is called. */
  isOurs(signal: string): boolean
  /** The process is about to end, or got a signal for which somebody listens; before any listener is called. */
  before(event: string): void
  /** After the program's own exit listeners, with the code that the process is about to end with; gives the code to end with. */
  exit(code: number): number
  /** A signal for which somebody listens; after the listeners were called. */
  signal(name: string): void
  /** A listener for `event` is about to be added. */
  listenerComes(event: string): void
  /** A listener for `event` was removed, and all who listen for that were told. */
  listenerWent(event: string): void
  /** The last report of the process came to nothing. */
  unmade(error: unknown): void
}

interface ExitingProcess {
  reallyExit: (code?: number) => never
}

/** What a process ends with where an exit listener throws and no exit code is set. */
const thrownCode = 1

/** Returns its undo. */
export function watchProcess(watcher: ProcessWatcher): () => void {
  let isOver = false
  const end = (code: number): number => {
    if (isOver) return code
    isOver = true
    try {
      return watcher.exit(code)
    } catch (error) {
      recordFault('the exit report', error)
      watcher.unmade(error)
      return code
    }
  }
  const undoEmit = replaceEmit(watcher, (event, hasThrown) => {
    if (event !== 'exit') attempt('a signal', () => watcher.signal(event))
    else if (hasThrown) end(Number(process.exitCode ?? thrownCode))
    else {
      const code = Number(process.exitCode ?? 0)
      const wanted = end(code)
      if (wanted !== code) process.exitCode = wanted
    }
  })
  const undoExit = replaceReallyExit((code) => end(code))
  return () => {
    isOver = true
    undoEmit()
    undoExit()
  }
}

function replaceEmit(
  watcher: ProcessWatcher,
  after: (event: string, hasThrown: boolean) => void,
): () => void {
  const own = Object.getOwnPropertyDescriptor(process, 'emit')
  const original = process.emit as (...args: unknown[]) => boolean
  // A function with a `prototype`, as Node's is: a program may look at its own.
  function emit(this: NodeJS.Process, ...args: unknown[]): boolean {
    const event = args[0]
    if (event === 'newListener' || event === 'removeListener') {
      return announcing(watcher, event, args[1], () => Reflect.apply(original, this, args))
    }
    if (typeof event !== 'string' || (event !== 'exit' && !event.startsWith('SIG'))) {
      return Reflect.apply(original, this, args)
    }
    if (event !== 'exit' && isOurs(watcher, event)) return true
    attempt('what comes before listeners', () => watcher.before(event))
    const isUnheard = event !== 'exit' && isUnheardOf(event)
    let hasThrown = true
    try {
      const result = Reflect.apply(original, this, args)
      hasThrown = false
      return result && !isUnheard
    } finally {
      after(event, hasThrown)
    }
  }
  Object.defineProperty(emit, 'length', { value: original.length, configurable: true })
  showAs(emit, original)
  Object.defineProperty(process, 'emit', {
    value: emit,
    configurable: true,
    writable: true,
    enumerable: false,
  })
  return () => {
    if (process.emit !== (emit as unknown)) return
    if (own === undefined) Reflect.deleteProperty(process, 'emit')
    else Object.defineProperty(process, 'emit', own)
  }
}

/** A watcher of Node's for the signal is there before the program's own listener is, and is still there when it was removed. */
function announcing(watcher: ProcessWatcher, event: string, of: unknown, announce: () => boolean): boolean {
  if (typeof of !== 'string') return announce()
  if (event === 'newListener') attempt('a listener comes', () => watcher.listenerComes(of))
  try {
    return announce()
  } finally {
    if (event === 'removeListener') attempt('a listener went', () => watcher.listenerWent(of))
  }
}

function isOurs(watcher: ProcessWatcher, signal: string): boolean {
  try {
    return watcher.isOurs(signal)
  } catch (error) {
    recordFault('looking for who sent a signal', error)
    return false
  }
}

function isUnheardOf(signal: string): boolean {
  try {
    return isHeardByNobodyElse(signal)
  } catch (error) {
    recordFault('looking for who hears a signal', error)
    return false
  }
}

function replaceReallyExit(before: (code: number) => number): () => void {
  const exiting = process as unknown as ExitingProcess
  const original = exiting.reallyExit
  const { reallyExit } = {
    reallyExit(this: unknown, ...args: [code?: number]): never {
      return Reflect.apply(original, this, [before(Number(args[0] ?? 0))]) as never
    },
  }
  showAs(reallyExit, original)
  exiting.reallyExit = reallyExit
  return () => {
    if (exiting.reallyExit === reallyExit) exiting.reallyExit = original
  }
}
