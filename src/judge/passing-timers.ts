/**
 * One-shot timers that end by themselves, and that nobody needs to clear: those of `AbortSignal.timeout`, and what a stop has left for a
 * moment. A chain of timers does not end. Pure.
 */
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { callbackText } from './kinds/callback-text.ts'
import { goesOn } from './kinds/goes-on.ts'
import { madeBy } from './made-by.ts'

/** Due this soon it is over before anybody looks. */
const momentMs = 1000
/** A client of a library's waits so long for the other side, after a right stop. */
const librarysMs = 10_000

export function withoutPassingTimers(stock: Stock): Stock {
  return { ...stock, handles: stock.handles.filter((handle) => !isPassing(handle)) }
}

function isPassing(handle: OwnedHandle): boolean {
  const { owner, ref, dueMs } = handle
  if (dueMs === null) return false
  if (!ref && isOfAbortSignal(handle)) return true
  if (owner === null || owner.state !== 'stopped') return false
  if (!ref && isLibrarysOwn(handle)) return true
  const endsSoon = !ref || dueMs <= momentMs || (dueMs <= librarysMs && isLibrarysInStop(handle))
  return endsSoon && !goesOn(handle)
}

const abortsSignal = /\babortSignal\(\s*signal,\s*new DOMException\(/

/** Nothing can clear it. */
function isOfAbortSignal(handle: OwnedHandle): boolean {
  return abortsSignal.test(callbackText(handle)?.text ?? '')
}

/** All of a library's clients may share one clock, which it winds up again while one of them needs it. */
function isLibrarysOwn({ owner, live: { record } }: OwnedHandle): boolean {
  return owner?.origin === 'library' && madeBy(record.stack) === 'dependency'
}

/** A library's code has set it since the stop was called; without a stack, so may it have. */
function isLibrarysInStop({ owner, live: { record } }: OwnedHandle): boolean {
  const stopCalledAt = owner?.stopCalledAt ?? null
  if (stopCalledAt === null || record.openedAt < stopCalledAt) return false
  return madeBy(record.stack) !== 'program'
}
