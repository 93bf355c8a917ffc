/** When a live process is looked at: at regular times, from the first engine on. Loaded with the first check. */
import { noteGap } from '../core/awake.ts'
import { later, now } from '../core/clock.ts'
import { recordFault } from '../core/faults.ts'
import type { Reporter } from '../reporter.ts'

/** A check that comes later than that found the process asleep, stopped or at work in one long turn; less is a busy machine. */
const lateMs = 3000

/** Checks now, as was `due` at that moment, and every `checkMs` from then on. */
export function checkRegularly(reporter: () => Reporter, checkMs: number, due: number): void {
  const at = now()
  if (at - due > lateMs) noteGap(at, at - due)
  void checkThenWait(reporter, checkMs, at + checkMs)
}

/** One that takes longer than the time between two is not overtaken. */
async function checkThenWait(reporter: () => Reporter, checkMs: number, due: number): Promise<void> {
  try {
    await reporter().check()
  } catch (error) {
    recordFault('a check', error)
  }
  // An alarm set to less than nothing never rings.
  const waitMs = Math.max(1, due - now())
  const next = now() + waitMs
  later(waitMs, () => checkRegularly(reporter, checkMs, next))
}
