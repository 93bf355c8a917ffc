/**
 * What a call of the program's own class opened while it took something, and gave out with it: the timer that renews a lock. It belongs to
 * what was taken, where nobody else has it. Pure.
 */
import type { EngineRecord } from '../core/records/engine-record.ts'
import { isInternal, type PlainFrame } from '../core/stacks/frames.ts'
import { programFrame } from '../core/stacks/sites.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { isRunningState } from './kinds/kind.ts'

export function withHeldByLoans({ engines, handles }: Stock): Stock {
  const loans = engines.filter(
    ({ lease, origin, state }) => lease && origin === 'convention' && isRunningState(state),
  )
  if (loans.length === 0) return { engines, handles }
  return { engines, handles: handles.map((handle) => givenWith(handle, loans)) }
}

function givenWith(handle: OwnedHandle, loans: readonly EngineRecord[]): OwnedHandle {
  const { owner, live } = handle
  const { stack, openedAt } = live.record
  if (owner !== null || stack === null) return handle
  const frames = stack.frames.filter((frame) => !isInternal(frame))
  const [loan] = loans
    .filter((each) => isTakenBy(each, frames))
    .sort((a, b) => Math.abs(a.startedAt - openedAt) - Math.abs(b.startedAt - openedAt))
  return loan === undefined ? handle : { ...handle, owner: loan, start: loan.starts }
}

/** `Locks.acquire` is on the stack, called from where the loan was asked for. */
function isTakenBy({ start, created }: EngineRecord, frames: readonly PlainFrame[]): boolean {
  const asked = created === null ? null : programFrame(created)
  if (asked === null) return false
  return frames.some(
    ({ file, line }, index) =>
      index > 0 &&
      file === asked.file &&
      line === asked.line &&
      new RegExp(`(?:^|[ .])${start}$`).test(frames[index - 1]?.function ?? ''),
  )
}
