/** A run whose tests have ended has to end: what holds it is told, or was told already. */

import { attempt } from '../../core/self/faults.ts'
import { later } from '../../core/time/clock.ts'
import type { TestSession } from './session.ts'

/** What closes by itself has closed by then. */
const firstLookMs = 50
const lookMs = 100
const toldAfterMs = 1000
/** Of `process.getActiveResourcesInfo()`: what is being written, looked up or connected, and ends by itself. */
const request = /Req|(?:Connect|Shutdown|Write)Wrap$/

/**
 * Called once the runner has no more to do in this process: ends it, with the exit code of the runner's, where nothing but reported
 * leaks holds it. What else does is told after a second, once. `null`: the runner has yet to sum up.
 */
export function watchRunEnd(session: TestSession, exitCode: () => number | null): void {
  let waitedMs = 0
  let isTold = false
  let lastWasReported = false
  const look = (): void => {
    if (session.endsRun) session.unrefReported()
    const { isReported, isUnseen, others } = session.whatHolds()
    // Some handles keep it alive all the same.
    if (
      isReported &&
      session.endsRun &&
      waitedMs >= toldAfterMs &&
      !process.getActiveResourcesInfo().some((type) => request.test(type))
    ) {
      // What was written last may still be on its way.
      const code = lastWasReported ? exitCode() : null
      if (code !== null) process.exit(code)
      lastWasReported = true
    } else lastWasReported = false
    if (waitedMs >= toldAfterMs && !isTold) {
      const { tellHeld, tellUnseen } = require('./run-end-text.js') as typeof import('./run-end-text.ts')
      isTold = isUnseen ? tellUnseen(request) : tellHeld(others())
    }
    lookAgain(lookMs)
  }
  const lookAgain = (ms: number): void => {
    later(ms, () => {
      waitedMs += ms
      attempt('looking at what holds a test run', look)
    })
  }
  lookAgain(firstLookMs)
}
