/** What was lent and given back so soon that it has no record, and what gets one a while after it was taken. Loaded with the first of it. */
import type { EngineRecord } from '../records/engine-record.ts'
import type { CapturedStack } from '../stacks/captured-stack.ts'
import { count, placeOf, wholeMs } from './start-place.ts'
import { state } from './state.ts'

/** So many that had no record were started, and stopped. */
export function countBriefLives(lives: number): void {
  state.counts.started += lives
  state.counts.stopped += lives
}

/** One of them: it stands for `weight` of its kind, and ran for `ms`. */
export interface BriefLife {
  readonly name: string
  readonly started: CapturedStack
  readonly stopped: CapturedStack | null
  readonly ms: number
  readonly weight: number
}

/** Counts them at their places, once their stacks have been read. */
export function countAtPlaces(lives: readonly BriefLife[]): void {
  for (const { name, started, stopped, ms, weight } of lives) {
    const place = placeOf(name, started)
    if (place === null) continue
    place.started += weight
    place.stopped += weight - 1
    count(place, stopped, null, wholeMs(ms))
  }
}

/** It was started a while before its record was made: what was true then. */
export function backdate(
  record: EngineRecord,
  begun: Pick<EngineRecord, 'startedAt' | 'traceId' | 'test'>,
): void {
  const dated = record as { -readonly [Field in 'startedAt' | 'traceId' | 'test']: EngineRecord[Field] }
  dated.startedAt = begun.startedAt
  dated.traceId = begun.traceId
  dated.test = begun.test
}
