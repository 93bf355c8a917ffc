/**
 * When Node's own engines have closed after they were told to. Nothing announces that but an event, and a listener would be seen:
 * so their state is looked at, ever more rarely. Loaded with the first that is told to.
 */
import { later } from './clock.ts'
import type { EngineRecord } from './engine-record.ts'
import { beforeStopped, settleIfClosed } from './engines.ts'
import { attempt } from './faults.ts'

const soonestMs = 1
const latestMs = 5000
/** More are found when stock is taken. */
const limit = 1000

let closing: EngineRecord[] = []
let pauseMs = soonestMs
let cancel: (() => void) | null = null

/** `record` was told to close. */
export function watchClosing(record: EngineRecord): void {
  if (closing.length === limit) return
  closing.push(record)
  if (cancel !== null && pauseMs === soonestMs) return
  cancel?.()
  pauseMs = soonestMs
  cancel = later(pauseMs, look)
}

beforeStopped(settle)

function settle(): void {
  if (closing.length === 0) return
  attempt('looking for what has closed', () => {
    for (const record of closing) settleIfClosed(record)
    closing = closing.filter(({ state }) => state === 'stopping')
  })
}

function look(): void {
  cancel = null
  settle()
  if (closing.length === 0) return
  pauseMs = Math.min(pauseMs * 2, latestMs)
  cancel = later(pauseMs, look)
}
