/** Which code is an engine's own: what it makes is the engine's, also where an event of somebody else's called it. */

import type { EngineRecord, SourceRange } from './engine-record.ts'
import { isInternal, type PlainFrame } from './frames.ts'
import type { CapturedStack } from './stack.ts'

const recentKept = 8
/** The engines that were last started, by the place of their class. */
const recent = new Map<SourceRange, EngineRecord[]>()

/** Remembers who may be meant by code of this class. */
export function noteStarted(source: SourceRange, record: EngineRecord): void {
  const records = recent.get(source)
  if (records === undefined) recent.set(source, [record])
  else if (!records.includes(record)) {
    if (records.length === recentKept) records.shift()
    records.push(record)
  }
}

/** Where a compiler moved lines, only a class's name on the frame tells. */
export function isWithin({ file, line, function: name }: PlainFrame, source: SourceRange): boolean {
  if (file !== source.file || line === null) return false
  if (line >= source.line && line <= source.endLine) return true
  return name !== null && (name === source.name || name.startsWith(`${source.name}.`))
}

export function isCodeOf(record: EngineRecord, frame: PlainFrame): boolean {
  return record.sources.some((source) => isWithin(frame, source))
}

/**
 * The engine whose own code made a handle, as the innermost frame of the program tells: of several, the one that keeps
 * it in a field; else `owner` where that is one of its classes or of none, or several engines may be meant.
 */
export function ownerByCode(
  owner: EngineRecord | null,
  stack: CapturedStack,
  openedAt: number,
  handle: object,
): EngineRecord | null {
  const frame = stack.frames.find((each) => !isInternal(each))
  if (frame === undefined) return owner
  const source = innermost(frame)
  if (source === null) return owner
  const candidates = (recent.get(source) ?? []).filter((record) => wasRunning(record, openedAt))
  const keepers = candidates.filter((record) => keeps(record, handle))
  if (keepers.length === 1) return keepers[0] ?? owner
  if (owner !== null && isCodeOf(owner, frame)) return owner
  return candidates.length === 1 && (recent.get(source)?.length ?? 0) < recentKept
    ? (candidates[0] ?? owner)
    : owner
}

function innermost(frame: PlainFrame): SourceRange | null {
  let found: SourceRange | null = null
  for (const source of recent.keys()) {
    if (isWithin(frame, source) && (found === null || source.line >= found.line)) found = source
  }
  return found
}

function wasRunning({ startedAt, stoppedAt }: EngineRecord, at: number): boolean {
  return startedAt <= at && (stoppedAt === null || stoppedAt >= at)
}

/** Whether a field of the engine has it. Private fields do not show. */
function keeps(record: EngineRecord, handle: object): boolean {
  const target = record.target?.deref()
  if (target === undefined) return false
  return Object.keys(target).some((key) => Object.getOwnPropertyDescriptor(target, key)?.value === handle)
}
