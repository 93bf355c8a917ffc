/**
 * Whose a handle or an engine is, as the code on its stack tells: an event of somebody else's emitter calls a listener in the
 * emitter's context. Asked when stock is taken.
 */
import { adopt, parentFor } from '../engines/life.ts'
import { isCodeOf, isWithin, recentKept } from '../engines/own-code.ts'
import { state } from '../engines/state.ts'
import type { EngineRecord, SourceRange } from '../records/engine-record.ts'
import type { CapturedStack } from '../stacks/captured-stack.ts'
import { isInternal, type PlainFrame } from '../stacks/frames.ts'
import { ownerBehind } from './callbacks.ts'

/**
 * The engine whose class has the innermost frame on the stack that lies in one: of several, the one that keeps `made` in a field,
 * else `owner` where it is of that class, else the one that started `owner`; `owner` where no code of an engine is on the stack, or
 * several may be meant; `null` where the context says nothing.
 */
export function ownerByCode(
  owner: EngineRecord | null,
  stack: CapturedStack,
  openedAt: number,
  made: object | null,
): EngineRecord | null {
  return behind(owner, stack.frames, openedAt, made)
}

/**
 * How bluebird calls a handler: from a queue of its own, so in the context of whoever was the first to put something into it. Only the code
 * of the handler then says whose it is.
 */
const settling = /\b_settlePromiseFromHandler$/

/** The same of who started an engine, outside of its own code. Corrects what the context said. */
export function correctParent(record: EngineRecord): void {
  const { parent } = record
  const stack = record.started ?? record.created
  // Who belongs to nobody does so for a reason: a callback's giver was none, an agent is kept by none.
  if (stack === null || parent?.origin !== 'convention') return
  const outside = stack.frames.filter((frame) => !isCodeOf(record, frame))
  const found = behind(parent, outside, record.startedAt, record.target?.deref() ?? null)
  if (found !== parent && found !== record && parentFor(record, found) === found) adopt(record, found)
}

function behind(
  owner: EngineRecord | null,
  frames: readonly PlainFrame[],
  at: number,
  made: object | null,
): EngineRecord | null {
  for (const frame of frames) {
    if (frame.function !== null && settling.test(frame.function)) return null
    const source = isInternal(frame) ? null : sourceOf(frame)
    if (source === null) continue
    const found = meantBy(source, frame, owner, at, made)
    return found === owner ? owner : ownerBehind(found, { frames })
  }
  return owner
}

function meantBy(
  source: SourceRange,
  frame: PlainFrame,
  owner: EngineRecord | null,
  at: number,
  made: object | null,
): EngineRecord | null {
  const recent = state.recent.get(source) ?? []
  const candidates = recent.filter((record) => wasRunning(record, at))
  // Also what it has made before its start: its constructor, and what that has called.
  const keepers = made === null ? [] : recent.filter((record) => keeps(record, made))
  if (keepers.length === 1) return keepers[0] ?? owner
  if (owner !== null && isCodeOf(owner, frame)) return owner
  for (let each = owner?.parent ?? null; each !== null; each = each.parent)
    if (wasRunning(each, at) && isCodeOf(each, frame)) return each
  return candidates.length === 1 && recent.length < recentKept ? (candidates[0] ?? owner) : owner
}

let known = { classes: 0, sources: new WeakMap<PlainFrame, SourceRange | null>() }

/** Of the innermost class around a frame. */
function sourceOf(frame: PlainFrame): SourceRange | null {
  if (known.classes !== state.recent.size) known = { classes: state.recent.size, sources: new WeakMap() }
  let found = known.sources.get(frame)
  if (found !== undefined) return found
  found = null
  for (const source of state.recent.keys())
    if (isWithin(frame, source) && (found === null || source.line >= found.line)) found = source
  known.sources.set(frame, found)
  return found
}

function wasRunning({ startedAt, stoppedAt }: EngineRecord, at: number): boolean {
  return startedAt <= at && (stoppedAt === null || stoppedAt >= at)
}

/** Whether a field of the engine has it. Private fields do not show. */
function keeps(record: EngineRecord, made: object): boolean {
  const target = record.target?.deref()
  if (target === undefined) return false
  return Object.keys(target).some((key) => Object.getOwnPropertyDescriptor(target, key)?.value === made)
}
