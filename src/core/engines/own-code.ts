/** Which code is an engine's own: what it makes is the engine's, also where an event of somebody else's called it. */

import type { EngineRecord, SourceRange } from '../records/engine-record.ts'
import type { PlainFrame } from '../stacks/frames.ts'
import { state } from './state.ts'

/** So many engines of a class may be meant by its code. */
export const recentKept = 8

/** Remembers who may be meant by code of this class. */
export function noteStarted(source: SourceRange, record: EngineRecord): void {
  const records = state.recent.get(source)
  if (records === undefined) state.recent.set(source, [record])
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
