/** Sees each signal that the program sends: to itself, before it is sent, and to its children. */

import { state } from '../core/engines/state.ts'
import { recordFault } from '../core/self/faults.ts'
import { showAs } from '../core/self/written-text.ts'

interface KillingProcess {
  /** What `process.kill` sends a signal with, once it has looked at its arguments. */
  _kill?: (pid: number, signal: number) => number
}

/** Returns its undo. */
export function watchOwnKills(before: (signal: NodeJS.Signals) => void): () => void {
  const killing = process as unknown as KillingProcess
  const original = killing._kill
  if (typeof original !== 'function') return () => {}
  const { _kill } = {
    _kill(this: unknown, ...args: [pid: number, signal: number]): number {
      // Zero asks whether the other process lives, and a positive number is mostly another's.
      if (args[1] > 0 && (args[0] <= 0 || Number(args[0]) === process.pid)) {
        try {
          const { signalToUs } = require('./sent-to-us.js') as typeof import('./sent-to-us.ts')
          const signal = signalToUs(Number(args[0]), args[1])
          if (signal !== null) before(signal)
        } catch (error) {
          recordFault('a signal that the program sends to itself', error)
        }
      }
      const error = Reflect.apply(original, this, args)
      if (error === 0) state.whenSent?.(args[0], args[1])
      return error
    },
  }
  showAs(_kill, original)
  killing._kill = _kill
  return () => {
    if (killing._kill === _kill) killing._kill = original
  }
}
