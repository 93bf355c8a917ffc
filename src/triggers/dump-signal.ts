/**
 * The signal for a report, where it may be for the program instead. leakwatch's listener on it is one like any other: who asks whether
 * he is alone (signal-exit) is not. Only a signal that is for the program finds it gone. Loaded with the first signal.
 */

import { recordFault } from '../core/self/faults.ts'
import { restartSignalOf } from './restarter.ts'
import { dumpListener, listenersOf } from './signal-listening.ts'
import { closer, type Emit, opener, withEmit } from './signals.ts'

let isAside = false
let restartSignal: string | null | undefined

/** The program alone hears the signal that comes next. Gives whether it has a listener for it: else it dies of it. */
export function leaveToProgram(signal: NodeJS.Signals): boolean {
  isAside = true
  unannounced(() => process.removeListener(signal, dumpListener))
  return listenersOf(signal).length > 0
}

/** leakwatch's listener is there again. */
export function comeBack(signal: NodeJS.Signals): void {
  if (isAside) unannounced(() => process.on(signal, dumpListener))
  isAside = false
}

/** Whether a signal that has come is no request for a report: nodemon restarts the program. */
export function isRestart(signal: NodeJS.Signals): boolean {
  return !isAside && lookForRestarter() === signal
}

/** Looks who restarts this process, once: by the time of the signal the shell in between may be dead, and what is above it unknown. */
export function lookForRestarter(): string | null {
  if (restartSignal === undefined) restartSignal = restartSignalOf(process.ppid)
  return restartSignal
}

/** Of everybody who hears of listeners that come and go, Node alone hears of this one. */
function unannounced(change: () => void): void {
  const emit = process.emit as Emit
  const announce: Emit = (event, signal) => {
    const listener = event === 'newListener' ? opener() : closer()
    // A watcher that is opened now calls the `process.emit` of the program.
    if (listener !== undefined) withEmit(emit, () => Reflect.apply(listener, process, [signal]))
    return true
  }
  try {
    if (Object.getOwnPropertyDescriptor(process, 'emit')?.configurable === false) change()
    else withEmit(announce, change)
  } catch (error) {
    recordFault('listening for a report on demand', error)
  }
}
