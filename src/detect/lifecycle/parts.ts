/**
 * A part is not the whole. `hub.unsubscribe('news')` names a topic: it ends the hub only if the hub holds nothing after it, and
 * `mesh.connect(4002)` is no second start after `mesh.connect(4001)`.
 */
import { beginStop, endStop } from '../../core/engines/life.ts'
import { whenStockIsTaken } from '../../core/engines/running-engines.ts'
import { ageHandles } from '../../core/handles/handle-table.ts'
import { holdersAmong } from '../../core/handles/live-handles.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { type CapturedStack, captureStack } from '../../core/stacks/captured-stack.ts'
import { now } from '../../core/time/clock.ts'
import { beginYoungPeriod, doFirst } from '../../core/time/young-period.ts'
import { endsItems } from '../source/verb-families.ts'
import { state } from './state.ts'
import type { AnyFunction } from './wrap.ts'

const { types } = process.getBuiltinModule('node:util')

/** A call of a stop verb that names a part. */
export interface PartStop {
  readonly record: EngineRecord
  readonly verb: string
  readonly stack: CapturedStack | null
  readonly calledAt: number
  /** How often it was looked at since. */
  looks: number
}

/** What tells of why, and names nothing. */
const reasons: ReadonlySet<string> = new Set(['Error', 'AbortSignal', 'Event'])
const signal = /^SIG[A-Z\d]+$/

/** Whether an argument names a part: it is no callback, options object, flag or reason. */
export function namesPart(given: unknown): boolean {
  const arg = Array.isArray(given) ? (given[0] as unknown) : given
  if (typeof arg === 'string') return !signal.test(arg)
  if (typeof arg !== 'object')
    return typeof arg === 'number' || typeof arg === 'symbol' || typeof arg === 'bigint'
  if (arg === null || types.isProxy(arg)) return false
  let prototype: object | null = Object.getPrototypeOf(arg)
  if (prototype === null || prototype === Object.prototype) return false
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
    if (typeof made === 'function' && reasons.has(made.name)) return false
  }
  return true
}

/** A function or a plain object, which may name a part where the verb says so. */
function isThing(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return typeof given === 'function'
  if (types.isProxy(given)) return false
  const prototype = Object.getPrototypeOf(given)
  return prototype === null || prototype === Object.prototype
}

/** Notes what a start names. */
export function noteStartedWith(record: EngineRecord, given: unknown): void {
  const arg = Array.isArray(given) ? (given[0] as unknown) : given
  if (!namesPart(arg)) record.startedWith = null
  else record.startedWith = typeof arg === 'object' ? new WeakRef(arg as object) : arg
}

/** Whether a start names something else than the first did. */
export function namesAnother({ startedWith }: EngineRecord, given: unknown): boolean {
  const arg = Array.isArray(given) ? (given[0] as unknown) : given
  return namesPart(arg) && arg !== (startedWith instanceof WeakRef ? startedWith.deref() : startedWith)
}

const stopDepth = 16

/** `null`: the call of a stop verb is no part's. `inner`: so many of the innermost frames are not wanted. */
export function partStop(
  record: EngineRecord | undefined,
  verb: string,
  given: unknown,
  entry: AnyFunction,
  inner: number,
): PartStop | null {
  if (record === undefined || record.origin !== 'convention') return null
  if (record.state !== 'running' && record.state !== 'created') return null
  if (!namesPart(given) && !(isThing(given) && endsItems(verb))) return null
  return { record, verb, stack: captureStack(entry, stopDepth, inner), calledAt: now(), looks: 0 }
}

/** Many may come in one young period. */
const limit = 2048
/** After so many looks what is still held is not the part's; the next report looks again. */
const looksAtMost = 2

/** Such a call has come to its end. */
export function partStopped(part: PartStop): void {
  if (!state.isLookingAtParts) {
    state.isLookingAtParts = true
    doFirst({ name: 'looking at parts', run: () => lookAtParts(false) })
    whenStockIsTaken(() => lookAtParts(true))
  }
  state.parts.set(part.record, part)
  if (state.parts.size % limit === 0) lookAtParts(false)
  beginYoungPeriod()
}

/** What holds nothing any more has been stopped. */
function lookAtParts(isForReport: boolean): void {
  const open: PartStop[] = []
  for (const part of state.parts.values()) {
    const { record } = part
    const isOver = record.state !== 'running' && record.state !== 'created'
    if (isOver || record.target?.deref() === undefined) state.parts.delete(record)
    else if (isForReport || part.looks < looksAtMost) open.push(part)
  }
  if (open.length === 0) return
  ageHandles()
  const holders = holdersAmong(new Set(open.map(({ record }) => record)))
  for (const part of open) {
    part.looks += 1
    if (holders.has(part.record)) continue
    state.parts.delete(part.record)
    beginStop(part.record, part.verb, part.stack, part.calledAt)
    endStop(part.record, false)
  }
}
