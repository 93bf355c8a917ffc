/**
 * Hears the deadly signals for which the program has no listener, without a listener of its own: what `process.listeners` gives, and
 * what the program is told of listeners that come and go, stays the program's.
 *
 * Node opens a signal's watcher when a listener is added, and closes it when the last is removed. leakwatch has Node open it without one.
 */

import { attempt } from '../core/self/faults.ts'

export type Emit = (event: string | symbol, ...args: unknown[]) => boolean
type NodeListener = (signal: string) => void

/** Signals whose default is death; reported before it happens. */
export const deadlySignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

// A program may replace it later.
const { kill } = process

/** Ends the process as the signal would have. */
export function dieBy(signal: NodeJS.Signals): void {
  Reflect.apply(kill, process, [process.pid, signal])
}

export interface Hearing {
  /** A listener for `event` is about to be added. */
  listenerComes(event: string): void
  /** A listener for `event` was removed. */
  listenerWent(event: string): void
  /** Whether the program has no listener for a signal that is heard here. */
  isAlone(signal: string): boolean
  /** Until a listener comes and goes, the signal does what it does by default. */
  letGo(signal: string): void
  end(): void
}

/** Calls `heard` for each of `signals` that comes while the program has no listener for it. */
export function hearWhileAlone(
  signals: readonly NodeJS.Signals[],
  heard: (signal: NodeJS.Signals) => void,
): Hearing {
  const close = closer()
  const watched = new Set<string | symbol>(close === undefined ? [] : signals)
  const isAlone = (event: string | symbol) =>
    watched.has(event) && process.listenerCount(event as NodeJS.Signals) === 0
  /** For each signal, the `process.emit` that Node would have its watcher call: the one of when the first listener came. */
  const emits = new Map<string | symbol, Emit>()
  const hear: Emit = (signal, ...args) => {
    if (!isAlone(signal)) {
      return Reflect.apply(emits.get(signal) ?? process.emit, process, [signal, ...args])
    }
    heard(signal as NodeJS.Signals)
    return true
  }
  const listen = (signal: string) => {
    // Where the program has removed it, no listener of the program's would be called, either.
    const open = opener()
    if (open === undefined || !isAlone(signal)) return
    attempt('listening for a signal', () => withEmit(hear, () => Reflect.apply(open, process, [signal])))
  }
  const letGo = (signal: string) => {
    if (isAlone(signal)) Reflect.apply(close as NodeListener, process, [signal])
  }
  signals.forEach(listen)
  return {
    listenerComes: (event) => {
      if (isAlone(event)) emits.set(event, process.emit as Emit)
    },
    listenerWent: listen,
    isAlone,
    letGo,
    end: () => {
      signals.forEach(letGo)
      watched.clear()
    },
  }
}

/** Node's own listener that opens a signal's watcher. */
export const opener = (): NodeListener | undefined => named('newListener', 'startListeningIfSignal')
/** Node's own listener that closes it, where nobody listens any more. */
export const closer = (): NodeListener | undefined => named('removeListener', 'stopListeningIfSignal')

function named(event: string, name: string): NodeListener | undefined {
  const listeners = process.listeners(event as NodeJS.Signals) as NodeListener[]
  return listeners.find((each) => each.name === name)
}

/** Calls `action` while `process.emit` is `emit`, and not at all where it is locked: a watcher would call the one that is there. */
export function withEmit(emit: Emit, action: () => void): void {
  const own = Object.getOwnPropertyDescriptor(process, 'emit')
  if (own?.configurable === false) return
  Object.defineProperty(process, 'emit', {
    value: emit,
    configurable: true,
    writable: true,
    enumerable: false,
  })
  try {
    action()
  } finally {
    if (own === undefined) Reflect.deleteProperty(process, 'emit')
    else Object.defineProperty(process, 'emit', own)
  }
}
