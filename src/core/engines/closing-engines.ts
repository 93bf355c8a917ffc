/**
 * When Node's own engines have closed after they were told to. Only an event announces that, and the program would see a listener:
 * so leakwatch looks at their state, ever more rarely. Loaded with the first engine that is told to close.
 */

import type { EngineRecord } from '../records/engine-record.ts'
import { attempt } from '../self/faults.ts'
import { later } from '../time/clock.ts'
import { endIfClosed } from './life.ts'
import { beforeStopped } from './running-engines.ts'
import { state } from './state.ts'

const soonestMs = 1
const latestMs = 5000
/** More are found when stock is taken. */
const limit = 1000

/** `record` was told to close. */
export function watchClosing(record: EngineRecord): void {
  if (state.closing.length === limit) return
  state.closing.push(record)
  if (state.cancelLook !== null && state.closingPauseMs === soonestMs) return
  state.cancelLook?.()
  lookIn(soonestMs)
}

beforeStopped(lookNow)

function lookNow(): void {
  if (state.closing.length === 0) return
  attempt('looking for what has closed', () => {
    for (const record of state.closing) endIfClosed(record)
    state.closing = state.closing.filter((record) => record.state === 'stopping')
  })
}

function look(): void {
  state.cancelLook = null
  lookNow()
  if (state.closing.length > 0) lookIn(Math.min(state.closingPauseMs * 2, latestMs))
}

function lookIn(pauseMs: number): void {
  state.closingPauseMs = pauseMs
  state.cancelLook = later(pauseMs, look)
}
