/**
 * Every engine that was started: who it is, in which state, where it was started and stopped. Instances are held
 * weakly: an engine that nothing can stop any more shows by being collected.
 */
import { now } from './clock.ts'
import type { EngineRecord } from './engine-record.ts'
import { noteStarted } from './own-code.ts'
import { currentStart } from './ownership.ts'
import { noteShutdownStop } from './shutdown.ts'
import type { CapturedStack } from './stack.ts'
import { activeTraceId } from './trace-id.ts'

let nextId = 1
const records = new WeakMap<object, EngineRecord>()
const alive = new Set<EngineRecord>()
let sweepAt = 4096

/** Starts, what became of them, and `failed`: those that threw or rejected. */
export const engineCounts: { started: number; stopped: number; failed: number } = {
  started: 0,
  stopped: 0,
  failed: 0,
}

export type EngineSeed = Pick<EngineRecord, 'name' | 'origin'> &
  Partial<Pick<EngineRecord, 'package' | 'parent' | 'start' | 'stop' | 'created' | 'sources'>>

/** Makes a record for `target`; it does not count as started yet. */
export function recordEngine(target: object | null, seed: EngineSeed): EngineRecord {
  const record = {
    id: nextId,
    name: seed.name,
    origin: seed.origin,
    package: seed.package ?? null,
    target: target === null ? null : new WeakRef(target),
    parent: seed.parent ?? null,
    parentStart: currentStart(seed.parent ?? null),
    state: 'created',
    start: seed.start ?? 'new',
    stop: seed.stop ?? 'close',
    starts: 0,
    firstStart: 1,
    depth: 0,
    created: seed.created ?? null,
    started: null,
    stopped: null,
    startedAt: now(),
    stopCalledAt: null,
    stoppedAt: null,
    stopFailed: false,
    detached: false,
    ignored: null,
    isOpen: null,
    isDormant: null,
    holdsOthers: null,
    stoppedPlaces: null,
    loans: null,
    place: null,
    sources: seed.sources ?? [],
    traceId: null,
  } as Omit<EngineRecord, 'tenure' | 'work'> as EngineRecord
  const work = { engine: record, start: 0 }
  Object.assign(record, { work, tenure: work })
  nextId += 1
  if (target !== null) records.set(target, record)
  return record
}

/** Tells which object a core engine is; known only once its handle has been handed to it. */
export function bindEngine(record: EngineRecord, target: object): void {
  if (record.target === null) record.target = new WeakRef(target)
  records.set(target, record)
}

export function engineOf(target: object): EngineRecord | undefined {
  return records.get(target)
}

/** Counts a start; one of an engine that runs already is no new engine. The caller has set `started` and the verbs. */
export function engineStarted(record: EngineRecord): void {
  record.starts += 1
  record.tenure = { engine: record, start: record.starts }
  if (record.state !== 'running' && record.state !== 'starting') {
    record.startedAt = now()
    record.firstStart = record.starts
    record.traceId = activeTraceId()
    engineCounts.started += 1
  }
  record.stopCalledAt = null
  record.stoppedAt = null
  alive.add(record)
  const [source] = record.sources
  if (source !== undefined) noteStarted(source, record)
  if (alive.size > sweepAt) sweepEngines()
}

/** The stop was called. */
export function engineStopping(record: EngineRecord, stop: string, stack: CapturedStack | null): void {
  record.state = 'stopping'
  record.stop = stop
  record.stopped?.drop()
  record.stopped = stack
  record.stopCalledAt = now()
  noteShutdownStop(record)
}

/** The stop has finished, or the engine ended by itself. */
export function engineStopped(record: EngineRecord): void {
  if (record.state === 'stopped') return
  const wasStarted = record.state !== 'created'
  record.state = 'stopped'
  record.stoppedAt = now()
  if (wasStarted) engineCounts.stopped += 1
  alive.delete(record)
}

/** The start threw or rejected. */
export function engineFailed(record: EngineRecord): void {
  record.state = 'failed'
  engineCounts.failed += 1
  alive.delete(record)
}

/** Every engine that was started and not stopped, but those that hold nothing at the moment. */
export function runningEngines(): EngineRecord[] {
  return [...alive].filter((record) => record.isDormant?.() !== true)
}

/**
 * Drops engines that ended by themselves (a child process that exited) and those that were collected: a million
 * instances dropped without a stop leave no memory behind.
 */
export function sweepEngines(): void {
  for (const record of alive) {
    if (record.isOpen !== null) {
      if (!record.isOpen()) settleClosed(record)
    } else if (record.isDormant !== null && record.state === 'stopping') {
      if (record.isDormant()) engineStopped(record)
    } else if (
      record.origin !== 'explicit' &&
      record.target !== null &&
      record.target.deref() === undefined
    ) {
      // A handle of it that lives holds the record itself, and brings it back into the report.
      alive.delete(record)
    }
  }
  sweepAt = Math.max(4096, alive.size * 2)
}

function settleClosed(record: EngineRecord): void {
  if (record.holdsOthers?.() === true) record.state = 'stopping'
  else engineStopped(record)
}
