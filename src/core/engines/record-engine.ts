/** Makes the record of an engine. It does not count as started yet: see `life.ts`. */
import type { EngineProbes, EngineRecord } from '../records/engine-record.ts'
import { boundedText } from '../self/faults.ts'
import { now } from '../time/clock.ts'
import { bindEngine } from './objects.ts'
import { sweepIfMany } from './running-engines.ts'
import { state } from './state.ts'

export type EngineSeed = Pick<EngineRecord, 'name' | 'origin'> &
  Partial<
    Pick<
      EngineRecord,
      | ('package' | 'parent' | 'parentStart' | 'start' | 'stop' | 'created' | 'sources' | 'cls')
      | ('lease' | 'traits')
    >
  > &
  Partial<EngineProbes>

/** `target`: the engine's object, where that is known already. */
export function recordEngine(target: object | null, seed: EngineSeed): EngineRecord {
  const record = {
    id: state.nextId,
    name: boundedText(seed.name),
    origin: seed.origin,
    package: seed.package ?? null,
    target: null,
    cls: seed.cls ?? null,
    holds: false,
    parent: seed.parent ?? null,
    parentStart: seed.parentStart ?? 0,
    state: 'created',
    start: seed.start ?? 'new',
    stop: seed.stop ?? 'close',
    starts: 0,
    firstStart: 1,
    openedIn: 0,
    depth: 0,
    created: seed.created ?? null,
    started: null,
    stopped: null,
    stoppedBefore: null,
    startedAt: now(),
    stopCalledAt: null,
    stoppedAt: null,
    stopFailed: false,
    lease: seed.lease ?? false,
    traits: seed.traits ?? null,
    detached: false,
    ignored: null,
    waiting: null,
    isOpen: seed.isOpen ?? null,
    isDormant: seed.isDormant ?? null,
    holdsOthers: seed.holdsOthers ?? null,
    stoppedPlaces: null,
    callbacks: null,
    startedWith: null,
    isFinished: null,
    lookAtStart: null,
    lookAtStop: null,
    waitsIn: null,
    place: null,
    sources: seed.sources ?? [],
    traceId: null,
    test: null,
    startWork: null as unknown,
    work: null as unknown,
  } as { -readonly [Key in keyof EngineRecord]: EngineRecord[Key] }
  record.work = { engine: record, start: 0 }
  record.startWork = record.work
  state.nextId += 1
  if (target !== null) bindEngine(record, target)
  sweepIfMany()
  return record
}
