/** What stacks have cost, for a report. */
import { now } from '../time/clock.ts'
import { state } from './state.ts'

export interface StackTally {
  /** Of all kinds, engines' too. */
  captured: number
  /** Handles that have none of their own. */
  skipped: number
  /** Of one core, since the process started: what may be spent beside engines' stacks, and what was. `null`: no bound. */
  budgetPercent: number | null
  spentPercent: number
}

/** What stacks have cost so far, by leakwatch's own measure. */
export function stackTally(): StackTally {
  const { captured, skipped, mode, share, spentMs } = state
  return {
    captured,
    skipped,
    budgetPercent: mode === 'auto' ? share * 100 : null,
    spentPercent: Math.round((spentMs / now()) * 10_000) / 100,
  }
}
