/**
 * Listeners for signals that are there only while the program has none of its own: `process.listenerCount` and the
 * default behaviour stay the program's.
 */

import { recordFault } from '../core/faults.ts'

type SignalListener = (signal: NodeJS.Signals) => void

/** Signals whose default is death; reported before it happens. */
export const deadlySignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

/** Ends the process as the signal would have. */
export function dieBy(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal)
}

/** Listens for `signals` while nobody else does. Returns its undo. */
export function listenWhileAlone(signals: readonly NodeJS.Signals[], listener: SignalListener): () => void {
  const watched = new Set<string | symbol>(signals)
  /** Our own coming and going is announced to us as well. */
  let isStepping = false
  const step = (change: () => void) => {
    if (isStepping) return
    isStepping = true
    try {
      unannounced(change)
    } catch (error) {
      recordFault('listening for a signal', error)
    } finally {
      isStepping = false
    }
  }
  // Prepended: Node opens the signal's watcher in a `newListener` listener of its own, which has to come after.
  const stepAside = (event: string | symbol) => {
    if (watched.has(event)) step(() => process.removeListener(event as NodeJS.Signals, listener))
  }
  const stepIn = (event: string | symbol) => {
    if (watched.has(event) && process.listenerCount(event as NodeJS.Signals) === 0 && isAnnounced()) {
      step(() => process.on(event as NodeJS.Signals, listener))
    }
  }
  // `process.removeAllListeners()` takes the listeners for new ones first: what comes after that would be wiped, too.
  const isAnnounced = () => process.listeners('newListener' as never).includes(stepAside as never)
  process.prependListener('newListener' as never, stepAside as never)
  process.prependListener('removeListener' as never, stepIn as never)
  for (const signal of signals) stepIn(signal)
  return () => {
    process.removeListener('newListener' as never, stepAside as never)
    process.removeListener('removeListener' as never, stepIn as never)
    for (const signal of signals) process.removeListener(signal, listener)
  }
}

/** Node's own listeners, which open and close a signal's watcher. */
const nodeListeners = new Set(['startListeningIfSignal', 'stopListeningIfSignal'])

/**
 * Our coming and going is told to Node alone: a program that listens for `newListener` sees its own listeners. `change`
 * emits one event.
 */
function unannounced(change: () => void): void {
  const own = Object.getOwnPropertyDescriptor(process, 'emit')
  const restore = () => {
    if (own === undefined) Reflect.deleteProperty(process, 'emit')
    else Object.defineProperty(process, 'emit', own)
  }
  const announce = (event: string, ...args: unknown[]): boolean => {
    // First: a signal's watcher keeps the `process.emit` that it finds.
    restore()
    const listeners = process.listeners(event as NodeJS.Signals) as ((...args: unknown[]) => unknown)[]
    for (const listener of listeners) {
      if (nodeListeners.has(listener.name)) Reflect.apply(listener, process, args)
    }
    return true
  }
  if (own?.configurable !== false) {
    Object.defineProperty(process, 'emit', { value: announce, configurable: true, writable: true })
  }
  try {
    change()
  } finally {
    if (own?.configurable !== false) restore()
  }
}
