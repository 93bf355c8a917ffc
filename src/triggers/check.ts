/** When a live process is looked at: at regular times, from the first engine on. Loaded with the first check. */

import { forgetWaiting, waitedTooLongIn } from '../core/engines/waiting.ts'
import { recordFault } from '../core/self/faults.ts'
import { later, now } from '../core/time/clock.ts'
import { noteGap } from '../core/time/suspensions.ts'
import type { Reporter } from '../live/reporter.ts'

/** A check that comes this late found the process asleep, stopped or at work in one long turn; on a busy machine it is less late. */
const lateMs = 3000

/** The next look at those who wait comes no sooner. */
const lookAgainMs = 1000

/** Checks now, and every `checkMs` from then on. `due`: when this check should have come. */
export function checkRegularly(reporter: () => Reporter, checkMs: number, due: number): void {
  const at = now()
  if (at - due > lateMs) noteGap(at, at - due)
  void checkThenWait(reporter, checkMs, at + checkMs)
}

/** The next check waits for this one, however long it takes. */
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

/** Looks in `ms` whether callers have waited for too long, and again for as long as any wait. */
export function checkWaiting(reporter: () => Reporter, ms: number): void {
  later(ms, () => void lookAtWaiting(reporter))
}

async function lookAtWaiting(reporter: () => Reporter): Promise<void> {
  try {
    const dueMs = waitedTooLongIn()
    if (dueMs === null) return forgetWaiting()
    if (dueMs === 0) await reporter().look()
    checkWaiting(reporter, Math.max(dueMs, lookAgainMs))
  } catch (error) {
    forgetWaiting()
    recordFault('a look at those who wait', error)
  }
}
