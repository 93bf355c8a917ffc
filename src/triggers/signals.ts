/**
 * Listeners for signals that are there only while the program has none of its own: `process.listenerCount` and the
 * default behaviour stay the program's.
 */

import { recordFault } from '../core/faults.ts'

type Emit = (event: string | symbol, ...args: unknown[]) => boolean
type SignalListener = (signal: NodeJS.Signals) => void

/** Signals whose default is death; reported before it happens. */
export const deadlySignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

/** Ends the process as the signal would have. */
export function dieBy(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal)
}

const ownListeners = new WeakSet<object>()

/** A program that emits it itself is to get to know that nobody listens. */
export function isHeardByNobodyElse(signal: string): boolean {
  return process.listeners(signal as NodeJS.Signals).every((each) => ownListeners.has(each))
}

/** Listens for `signals` while nobody else does. Returns its undo. */
export function listenWhileAlone(signals: readonly NodeJS.Signals[], told: SignalListener): () => void {
  let isDelivered = false
  /** A program that emits a signal itself has not got one. */
  const listener: SignalListener = (signal) => {
    if (isDelivered) told(signal)
  }
  ownListeners.add(listener)
  const watched = new Set<string | symbol>(signals)
  /** Our own coming and going is announced to us as well. */
  let isStepping = false
  const step = (change: () => void, emit: Emit | null) => {
    if (isStepping) return
    isStepping = true
    try {
      unannounced(change, emit)
    } catch (error) {
      recordFault('listening for a signal', error)
    } finally {
      isStepping = false
    }
  }
  /** What a watcher that Node would open now, for a listener of the program's, would call. */
  const emits = new Map<string | symbol, Emit>()
  const emit: Emit = (event, ...args) => {
    isDelivered = true
    try {
      return Reflect.apply(emits.get(event) ?? process.emit, process, [event, ...args])
    } finally {
      isDelivered = false
    }
  }
  // Node is not told: it would close the signal's watcher, and open another for the listener that comes. A signal that has
  // arrived in between, and waits for the event loop, would be lost. As it is, the watcher that is open serves the program's.
  const stepAside = (event: string | symbol) => {
    if (!watched.has(event)) return
    if (process.listeners(event as NodeJS.Signals).includes(listener)) emits.set(event, process.emit as Emit)
    step(() => process.removeListener(event as NodeJS.Signals, listener), null)
  }
  const stepIn = (event: string | symbol) => {
    if (watched.has(event) && process.listenerCount(event as NodeJS.Signals) === 0 && isAnnounced()) {
      emits.delete(event)
      // Where `process.emit` is locked, the watcher calls that: there is no telling.
      if (Object.getOwnPropertyDescriptor(process, 'emit')?.configurable === false) isDelivered = true
      step(() => process.on(event as NodeJS.Signals, listener), emit)
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
 * Our coming and going is told to Node alone, or to nobody: a program that listens for `newListener` sees its own listeners.
 * `change` emits one event. `emit`: what a watcher that Node opens for it is to call; `null`: Node is not told either.
 */
function unannounced(change: () => void, emit: Emit | null): void {
  const own = Object.getOwnPropertyDescriptor(process, 'emit')
  const set = (value: Emit) =>
    Object.defineProperty(process, 'emit', { value, configurable: true, writable: true, enumerable: false })
  const announce: Emit = (event, ...args) => {
    if (emit === null) return true
    set(emit)
    const listeners = process.listeners(event as NodeJS.Signals) as ((...args: unknown[]) => unknown)[]
    for (const listener of listeners) {
      if (nodeListeners.has(listener.name)) Reflect.apply(listener, process, args)
    }
    return true
  }
  if (own?.configurable === false) {
    change()
    return
  }
  set(announce)
  try {
    change()
  } finally {
    if (own === undefined) Reflect.deleteProperty(process, 'emit')
    else Object.defineProperty(process, 'emit', own)
  }
}
