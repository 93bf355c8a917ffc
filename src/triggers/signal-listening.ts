/** What this thread listens for: the death by a signal for which the program has no listener, and the signal for a report. */

import { attempt } from '../core/self/faults.ts'
import { later } from '../core/time/clock.ts'
import { watchOwnKills } from './own-kills.ts'
import { deadlySignals, dieBy, hearWhileAlone } from './signals.ts'

export interface SignalListening {
  /** A listener for `event` is about to be added. */
  listenerComes(event: string): void
  /** A listener for `event` was removed. */
  listenerWent(event: string): void
  /** The signal for a report has come; no listener was called. Gives whether it is one for the program alone. */
  isForProgram(): boolean
  /** All listeners for it were called. */
  dumpIsOver(): void
  end(): void
}

/** A report on demand is made once all listeners, the program's own included, were called. */
export const dumpListener = (): void => {}

export const listenersOf = (signal: string): unknown[] => process.listeners(signal as NodeJS.Signals)

/** Whether leakwatch alone listens: a program that emits the signal itself is to learn that nobody does. */
export function isHeardByNobodyElse(signal: string): boolean {
  return listenersOf(signal).every((each) => each === dumpListener)
}

/** When to look who restarts this process: many have ended by then. */
const lookMs = 100

const late = () => require('./dump-signal.js') as typeof import('./dump-signal.ts')

/**
 * Calls `report` before the process dies of a signal. `isSudden`: it came from outside, and the program, which does not handle it, had
 * no chance to stop anything.
 */
export function listenForSignals(
  dump: NodeJS.Signals | null,
  report: (signal: NodeJS.Signals, isSudden: boolean) => void,
): SignalListening {
  let isDying = false
  /** The program has, or had, a listener for the dump signal: what it sends to itself is no request for a report. */
  let isUsed = dump !== null && listenersOf(dump).length > 0
  const die = (signal: NodeJS.Signals, isSudden: boolean) => {
    isDying = true
    report(signal, isSudden)
    hearing.letGo(signal)
  }
  // No signal kills PID 1 by default: to hear it would change nothing, and hide that.
  const deadly = process.pid === 1 ? [] : deadlySignals.filter((name) => name !== dump)
  const hearing = hearWhileAlone(deadly, (signal) => {
    die(signal, true)
    dieBy(signal)
  })
  let undoLook = () => {}
  if (dump !== null) {
    attempt('listening for a signal', () => process.on(dump, dumpListener))
    undoLook = later(lookMs, () => attempt('looking who restarts this process', late().lookForRestarter))
  }
  const undoKills = watchOwnKills((signal) => {
    if (isDying) return
    const isDeath = signal === dump ? isUsed && !late().leaveToProgram(signal) : hearing.isAlone(signal)
    if (isDeath) die(signal, false)
  })
  return {
    listenerComes: (event) => {
      hearing.listenerComes(event)
      if (event === dump) isUsed = true
    },
    listenerWent: (event) => {
      hearing.listenerWent(event)
      // The signal may be on its way to a listener that is gone.
      if (event === dump && !isDying && listenersOf(event).length === 0) late().comeBack(dump)
    },
    isForProgram: () => {
      if (dump === null || !late().isRestart(dump)) return false
      if (!late().leaveToProgram(dump)) {
        die(dump, true)
        dieBy(dump)
      }
      return true
    },
    dumpIsOver: () => {
      if (dump !== null) late().comeBack(dump)
    },
    end: () => {
      undoKills()
      undoLook()
      hearing.end()
      if (dump !== null) process.removeListener(dump, dumpListener)
    },
  }
}
