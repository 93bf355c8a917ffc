/**
 * An engine's life. Its state, times, stacks and parent change here and nowhere else: `transitions` says what may follow what,
 * and everywhere else these fields are read-only.
 */
import type { EngineRecord, EngineState, Work } from '../records/engine-record.ts'
import { emit } from '../records/listeners.ts'
import { currentTest } from '../records/test-scope.ts'
import { attempt, boundedText } from '../self/faults.ts'
import { engineStack } from '../stacks/budget.ts'
import type { CapturedStack } from '../stacks/captured-stack.ts'
import { isProgram, type PlainFrame } from '../stacks/frames.ts'
import { now } from '../time/clock.ts'
import { holdObject } from './objects.ts'
import { isWithin, noteStarted } from './own-code.ts'
import { noteShutdownStop, noteStart } from './shutdown.ts'
import { countEnd, countStop, uncountStart, uncountStop } from './start-place.ts'
import { state } from './state.ts'
import { activeTraceId } from './trace-id.ts'

/**
 * What happens to an engine. `start` and `stop` are calls of its verbs; `started`, `failed` and `stopped` are how these come to
 * their end; `goingOn`: what was taken for its stop was none; `closing` and `ended`: it closes or has ended by itself.
 */
export type LifeEvent = 'start' | 'started' | 'failed' | 'stop' | 'stopped' | 'goingOn' | 'closing' | 'ended'

/** Where each event leads, by the state in which it happens. An event that is not listed changes nothing. */
export const transitions: Readonly<Record<EngineState, Partial<Record<LifeEvent, EngineState>>>> = {
  // Its constructor may have opened something: then it can be stopped without a start.
  created: { start: 'starting', stop: 'stopping', closing: 'stopping', ended: 'stopped' },
  // A start that begins while another is under way joins it.
  starting: {
    start: 'starting',
    started: 'running',
    failed: 'failed',
    stop: 'stopping',
    closing: 'stopping',
    ended: 'stopped',
  },
  running: { start: 'starting', stop: 'stopping', closing: 'stopping', ended: 'stopped' },
  // The program need not wait for a stop before it starts anew.
  stopping: { start: 'starting', stopped: 'stopped', ended: 'stopped' },
  stopped: { start: 'starting', goingOn: 'running' },
  // What a failed start has left behind can be cleared up by a stop.
  failed: { start: 'starting', stop: 'stopping', closing: 'stopping', ended: 'stopped' },
}

type LifeField =
  | ('state' | 'parent' | 'parentStart' | 'start' | 'stop' | 'starts' | 'firstStart' | 'startWork' | 'depth')
  | (
      | 'created'
      | 'started'
      | 'stopped'
      | 'stoppedBefore'
      | 'startedAt'
      | 'stopCalledAt'
      | 'stoppedAt'
      | 'stopFailed'
      | 'place'
    )
  | ('holds' | 'openedIn' | 'traceId' | 'test' | 'name' | 'origin')

/** A record as this module writes it. */
type Living = { -readonly [Field in LifeField]: EngineRecord[Field] }

/** Whether anything has changed. */
function move(record: EngineRecord, event: LifeEvent): boolean {
  const next = transitions[record.state][event]
  if (next === undefined) return false
  ;(record as Living).state = next
  return true
}

export interface Start {
  verb: string
  stack: CapturedStack | null
  /** In whose context, and in which start of that. */
  parent: EngineRecord | null
  parentStart: number
  /** What ends what it has begun. */
  stop: string
}

/** A start under way. */
export interface StartCall {
  readonly record: EngineRecord
  /** In which it was when the start was called: a failing second start leaves it running. */
  readonly before: EngineState
  /** Its context; another start since has another. */
  readonly startWork: Work
}

/** A start verb is called on `target`; `null`: what makes the engine. Where the engine runs already it is the second start of the same life. */
export function beginStart(record: EngineRecord, target: object | null, start: Start): StartCall {
  const before = record.state
  if (!isStarted(before)) setStart(record, start)
  if (target !== null) holdObject(record, target)
  count(record)
  move(record, 'start')
  ;(record as Living).depth += 1
  emit('started', record)
  return { record, before, startWork: record.startWork }
}

/** Started, and not told to stop: one more start is none of a new life. */
export function isStarted(state: EngineState): boolean {
  return state === 'running' || state === 'starting'
}

function setStart(record: EngineRecord, { verb, stack, parent, parentStart, stop }: Start): void {
  const living: Living = record as Living
  living.parent = parent
  living.parentStart = parentStart
  living.start = verb
  living.stop = stop
  living.started = stack
  living.place = null
}

/** The call of a start verb has returned; what it returned may still be pending. */
export function startReturned({ record }: StartCall): void {
  ;(record as Living).depth = Math.max(0, record.depth - 1)
}

/** The start has come to its end. Gives whether the engine runs by it. */
export function endStart({ record, before, startWork }: StartCall, outcome: 'started' | 'failed'): boolean {
  // Meanwhile it was stopped, or started anew.
  if (record.startWork !== startWork || record.state !== 'starting') return false
  if (outcome === 'failed' && !isStarted(before)) {
    uncountStart(record)
    move(record, 'failed')
    state.counts.failed += 1
    state.alive.delete(record)
    return false
  }
  move(record, 'started')
  return true
}

/** The engine runs from now on: nothing tells of a start that is under way. */
export function startAtOnce(record: EngineRecord, start: Partial<Start> = {}): void {
  setStart(record, {
    verb: record.start,
    stack: record.created,
    parent: record.parent,
    parentStart: record.parentStart,
    stop: record.stop,
    ...start,
  })
  count(record)
  move(record, 'start')
  move(record, 'started')
  emit('started', record)
}

/** Counts a start; one of an engine that runs already is no new engine. */
function count(record: EngineRecord): void {
  const living: Living = record as Living
  living.starts += 1
  living.startWork = { engine: record, start: record.starts }
  if (!isStarted(record.state)) {
    living.startedAt = now()
    living.firstStart = record.starts
    living.traceId = activeTraceId()
    living.test = currentTest()
    // Of the life before.
    living.stoppedBefore = record.stopped
    living.stopped = null
    living.stopFailed = false
    state.counts.started += 1
  }
  living.stopCalledAt = null
  living.stoppedAt = null
  noteStart(record)
  state.alive.add(record)
  if (record.parent !== null) {
    outlive(record.parent)
    noteHolding(record.parent)
  }
  const [source] = record.sources
  if (source !== undefined) noteStarted(source, record)
  if (state.whenFirstStarted !== null) tellFirstStart(state.whenFirstStarted)
}

function tellFirstStart(callback: () => void): void {
  state.whenFirstStarted = null
  attempt('the first start', callback)
}

/** Its stop was called, at `at`. */
export function beginStop(
  record: EngineRecord,
  verb: string,
  stack: CapturedStack | null,
  at: number = now(),
): void {
  if (!move(record, 'stop')) return
  const living: Living = record as Living
  living.stop = verb
  living.stopped = stack
  // First: what was stopped before may be seen to have ended.
  noteShutdownStop(record)
  living.stopCalledAt = at
}

/** Its stop has come to its end. */
export function endStop(record: EngineRecord, hasFailed: boolean): void {
  if (record.state !== 'stopping') return
  ;(record as Living).stopFailed = hasFailed
  countStop(record)
  finish(record, 'stopped')
  emit('stopped', record)
}

/** What was taken for its stop ended a part of it. `stop`: the verb that ends the rest. */
export function goOn(record: EngineRecord, stop: string): void {
  if (record.stopCalledAt === null || !move(record, 'goingOn')) return
  const living: Living = record as Living
  living.stop = stop
  living.stopped = null
  living.stopCalledAt = null
  living.stoppedAt = null
  uncountStop(record)
  state.counts.stopped -= 1
  state.alive.add(record)
}

/** It was collected while it stopped: that has ended, or never will. A handle of it that lives brings it back into the report. */
export function loseStop(record: EngineRecord): void {
  if (record.state !== 'stopping') return
  countStop(record)
  state.counts.stopped += 1
  state.alive.delete(record)
}

/** It has ended, by itself or after its stop was called. */
export function endByItself(record: EngineRecord): void {
  finish(record, 'ended')
}

function finish(record: EngineRecord, event: 'stopped' | 'ended'): void {
  if (record.state === 'stopped') return
  // An engine of Node's that was told to close before may have been what this one waited for.
  if (state.lookAtClosing !== null && record.isOpen === null) state.lookAtClosing()
  const wasStarted = record.state !== 'created'
  if (!move(record, event)) return
  ;(record as Living).stoppedAt = now()
  if (wasStarted) state.counts.stopped += 1
  state.alive.delete(record)
}

/** An engine of Node's own tells by its handle whether it has ended. */
export function endIfClosed(record: EngineRecord): void {
  if (record.state === 'stopped' || record.isOpen?.() !== false) return
  if (record.holdsOthers?.() === true) {
    move(record, 'closing')
    return
  }
  if (record.stopCalledAt === null) countEnd(record, now() - record.startedAt)
  endByItself(record)
}

const ancestorsLimit = 16

/**
 * Who started it. An engine that restarts the one that started it is no child of it, and a chain of a thousand is cut. A library's
 * engine that a function of the library starts on its behalf is still its maker's.
 */
export function parentFor(record: EngineRecord, caller: EngineRecord | null): EngineRecord | null {
  let depth = 0
  for (let each = caller; each !== null; each = each.parent) {
    depth += 1
    if (each === record && depth === 1 && record.traits !== null) return record.parent
    if (each === record || depth > ancestorsLimit) return null
  }
  return caller
}

/** `builder` turns out to have started it: its constructor was running. */
export function adopt(record: EngineRecord, builder: EngineRecord | null, builderStart = 0): void {
  ;(record as Living).parent = builder
  ;(record as Living).parentStart = builderStart
}

/** The program names it itself. */
export function makeExplicit(
  record: EngineRecord,
  { name, stop, created }: { name: string | undefined; stop: string; created: () => CapturedStack | null },
): void {
  const living: Living = record as Living
  living.origin = 'explicit'
  if (record.state !== 'stopping' && record.state !== 'stopped') living.stop = stop
  living.name = name === undefined ? record.name : boundedText(name)
  living.created ??= created()
}

/** Engines that are taken for none count as started once they hold something; `verb`: how the start is called that is under way. */
export function presumeNone(record: EngineRecord, verb: string | null): void {
  if (verb !== null) (record as Living).start = verb
  state.presumed.add(record)
}

/** It holds something that has outlived the young period, or a child. */
export function outlive(record: EngineRecord): void {
  ;(record as Living).holds = true
}

/** `record` holds something. Where it was taken for no engine it has begun with this call of its methods. */
export function noteHolding(record: EngineRecord): void {
  if (record.cls === null) return
  ;(record as Living).openedIn = record.starts
  record.cls.holds = true
  record.cls.isLight = false
  if (record.state !== 'created' || !state.presumed.delete(record)) return
  const stack = engineStack(noteHolding, presumedDepth)
  stack?.trim((frames) => outsideOf(frames, record))
  startAtOnce(record, { stack: stack ?? record.created })
  if (state.lightRunning === 0) return
  state.lightRunning -= 1
  state.counts.started -= 1
}

/** Deep enough for what a method calls before it opens something. */
const presumedDepth = 32

/** The frames of those who called into the engine's code; all, where nobody is seen to. */
function outsideOf(frames: readonly PlainFrame[], { sources }: EngineRecord): readonly PlainFrame[] {
  const isInside = (frame: PlainFrame) => sources.some((source) => isWithin(frame, source))
  const inner = frames.findIndex(isInside)
  const outer = frames.findIndex((frame, index) => index > inner && !isInside(frame) && isProgram(frame))
  return inner < 0 || outer < 0 ? frames : frames.slice(outer)
}

/** The start of what is taken for no engine. */
export function countLightStart(): void {
  state.counts.started += 1
  state.lightRunning += 1
}

export function countLightStop(): void {
  if (state.lightRunning === 0) return
  state.counts.stopped += 1
  state.lightRunning -= 1
}
