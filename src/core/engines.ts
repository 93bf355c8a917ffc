/**
 * Every engine that was started: who it is, in which state, where it was started and stopped. Instances are held
 * weakly: an engine that nothing can stop any more shows by being collected.
 */

import { engineStack } from './budget.ts'
import { now } from './clock.ts'
import type { EngineRecord, SourceRange } from './engine-record.ts'
import { attempt } from './faults.ts'
import { isProgram, type PlainFrame } from './frames.ts'
import { wasPromoted } from './light-work.ts'
import { isWithin, noteStarted } from './own-code.ts'
import { currentStart } from './ownership.ts'
import { noteShutdownStop, noteStart } from './shutdown.ts'
import type { CapturedStack } from './stack.ts'
import { stamp, stampOf } from './stamps.ts'
import { countEnd, startPlace, uncountStart } from './start-place.ts'
import { currentTest } from './test-context.ts'
import { activeTraceId } from './trace-id.ts'
import { beginYouth, YoungTarget } from './youth.ts'

let nextId = 1
const alive = new Set<EngineRecord>()
let sweepAt = 4096

/** Starts, what became of them, and `failed`: those that threw or rejected. */
export const engineCounts: { started: number; stopped: number; failed: number } = {
  started: 0,
  stopped: 0,
  failed: 0,
}

export type EngineSeed = Pick<EngineRecord, 'name' | 'origin'> &
  Partial<Pick<EngineRecord, 'package' | 'parent' | 'start' | 'stop' | 'created' | 'sources' | 'cls'>>

/** Makes a record for `target`; it does not count as started yet. */
export function recordEngine(target: object | null, seed: EngineSeed): EngineRecord {
  const record = {
    id: nextId,
    name: seed.name,
    origin: seed.origin,
    package: seed.package ?? null,
    target: null,
    cls: seed.cls ?? null,
    holds: false,
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
    lookAtStart: null,
    lookAtStop: null,
    place: null,
    sources: seed.sources ?? [],
    traceId: null,
    test: null,
    tenure: null as unknown,
    work: null as unknown,
  } as { -readonly [Key in keyof EngineRecord]: EngineRecord[Key] }
  record.work = { engine: record, start: 0 }
  record.tenure = record.work
  nextId += 1
  if (target !== null) bindEngine(record, target)
  return record
}

let young: EngineRecord[] = []
const youngLimit = 512

/** Holds the engine's object: strongly until `ageEngines`. */
function hold(record: EngineRecord, target: object): void {
  record.target = new YoungTarget(target)
  if (young.length >= youngLimit) ageEngines()
  young.push(record)
  beginYouth()
}

/** What is young no more is held weakly; what was stopped and left nothing, not at all. */
export function ageEngines(): void {
  const records = young
  young = []
  for (const record of records) {
    const { target } = record
    if (!(target instanceof YoungTarget)) continue
    const isOver = (record.state === 'stopped' || record.state === 'failed') && !record.holds
    record.target = isOver ? null : new WeakRef(target.deref())
  }
}

/** Tells which object a core engine is; known only once its handle has been handed to it. */
export function bindEngine(record: EngineRecord, target: object): void {
  if (record.target === null) hold(record, target)
  stamp(target, record)
}

/** An engine that was stopped, and whose object had been let go, is started again. */
export function holdAgain(record: EngineRecord, target: object): void {
  if (record.target === null) hold(record, target)
}

export function engineOf(target: unknown): EngineRecord | undefined {
  return stampOf(target)
}

/** Counts a start; one of an engine that runs already is no new engine. The caller has set `started` and the verbs. */
export function engineStarted(record: EngineRecord): void {
  record.starts += 1
  record.tenure = { engine: record, start: record.starts }
  if (record.state !== 'running' && record.state !== 'starting') {
    record.startedAt = now()
    record.firstStart = record.starts
    record.traceId = activeTraceId()
    record.test = currentTest()
    engineCounts.started += 1
  }
  record.stopCalledAt = null
  record.stoppedAt = null
  noteStart(record)
  alive.add(record)
  if (record.parent !== null) noteChild(record.parent)
  const [source] = record.sources
  if (source !== undefined) noteStarted(source, record)
  if (alive.size > sweepAt) sweepEngines()
  if (firstStart !== null) tellFirstStart(firstStart)
}

let firstStart: (() => void) | null = null

/** Calls back once, when the first engine is started. */
export function whenFirstStarted(callback: () => void): void {
  firstStart = callback
}

function tellFirstStart(callback: () => void): void {
  firstStart = null
  attempt('the first start', callback)
}

function noteChild(parent: EngineRecord): void {
  parent.holds = true
  noteHolding(parent)
}

/** `record` holds something. Where it was taken for no engine it has begun with this call of its methods. */
export function noteHolding(record: EngineRecord): void {
  if (record.cls === null) return
  record.cls.holds = true
  record.cls.isLight = false
  if (!wasPromoted(record)) return
  const stack = engineStack(noteHolding, promotedDepth)
  stack?.trim((frames) => outsideOf(frames, record.sources))
  record.started = stack ?? record.created
  engineStarted(record)
  record.state = 'running'
  if (lightRunning === 0) return
  lightRunning -= 1
  engineCounts.started -= 1
}

/** Deep enough for what a method calls before it opens something. */
const promotedDepth = 32

/** The frames of those who called into the code at `sources`; all, where nobody is seen to. */
function outsideOf(frames: readonly PlainFrame[], sources: readonly SourceRange[]): readonly PlainFrame[] {
  const isInside = (frame: PlainFrame) => sources.some((source) => isWithin(frame, source))
  const inner = frames.findIndex(isInside)
  const outer = frames.findIndex((frame, index) => index > inner && !isInside(frame) && isProgram(frame))
  return inner < 0 || outer < 0 ? frames : frames.slice(outer)
}

let lightRunning = 0

/** The start of what is taken for no engine. */
export function countLightStart(): void {
  engineCounts.started += 1
  lightRunning += 1
}

export function countLightStop(): void {
  if (lightRunning === 0) return
  engineCounts.stopped += 1
  lightRunning -= 1
}

/** The stop was called. */
export function engineStopping(record: EngineRecord, stop: string, stack: CapturedStack | null): void {
  record.state = 'stopping'
  record.stop = stop
  record.stopped = stack
  // First: what was stopped before may be seen to have ended.
  noteShutdownStop(record)
  record.stopCalledAt = now()
}

let lookAtClosing: (() => void) | null = null

/** Engines of Node's own that were told to close are looked at before another counts as stopped: it may have waited for them. */
export function beforeStopped(look: () => void): void {
  lookAtClosing = look
}

/** The stop has finished, or the engine ended by itself. */
export function engineStopped(record: EngineRecord): void {
  if (record.state === 'stopped') return
  if (lookAtClosing !== null && record.isOpen === null) lookAtClosing()
  const wasStarted = record.state !== 'created'
  record.state = 'stopped'
  record.stoppedAt = now()
  if (wasStarted) engineCounts.stopped += 1
  alive.delete(record)
}

/** It was collected while it stopped: that has ended, or never will. A handle of it that lives brings it back into the report. */
export function engineLost(record: EngineRecord): void {
  engineCounts.stopped += 1
  alive.delete(record)
}

/** The start threw or rejected. */
export function engineFailed(record: EngineRecord): void {
  record.state = 'failed'
  uncountStart(record)
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
    if (record.isOpen !== null) settleIfClosed(record)
    else if (record.isDormant !== null && record.state === 'stopping') {
      if (record.isDormant()) engineStopped(record)
    } else if (
      record.origin !== 'explicit' &&
      record.target !== null &&
      record.target.deref() === undefined
    ) {
      // A handle of it that lives holds the record itself, and brings it back into the report; it counts among its siblings.
      if (record.holds) startPlace(record)
      alive.delete(record)
    }
  }
  sweepAt = Math.max(4096, alive.size * 2)
}

/** A core engine tells by its handle whether it has ended. */
export function settleIfClosed(record: EngineRecord): void {
  if (record.state === 'stopped' || record.isOpen?.() !== false) return
  if (record.holdsOthers?.() === true) {
    record.state = 'stopping'
    return
  }
  if (record.stopCalledAt === null) countEnd(record, now() - record.startedAt)
  engineStopped(record)
}
