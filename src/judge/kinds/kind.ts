/** What a kind of finding tells the judge of itself. */
import type { EngineRecord, EngineState } from '../../core/records/engine-record.ts'
import type { OwnedHandle } from '../../core/stock.ts'
import type { AgeOf, SiblingsByPlace } from '../siblings/siblings.ts'
import type { Trigger } from './trigger.ts'

export type Severity = 'leak' | 'warning'

/** A kind is a fault of an engine, of a start place that many engines run from, or of a handle that belongs to no engine. */
export type FaultKind = EngineKind | PlaceKind | HandleKind

export interface EngineKind {
  readonly of: 'engine'
  fits(engine: JudgedEngine, conditions: Conditions): boolean
  severity(blamed: Blamed, conditions: Conditions): Severity
  /** Kinds that fit as well, and say less: this one is the fault. */
  readonly outranks?: readonly string[]
  /**
   * Whose fault it is where a parent that still runs has a fault, too. `engine`: always its own (the default). `outermost`: that of
   * the outermost engine whose stop is missing. `unless-worse`: its own, unless the parent's fault is more than a missing stop.
   */
  readonly blames?: 'engine' | 'outermost' | 'unless-worse'
  /**
   * What is true of it once some of what it held has closed, while the report is made. `fault`: the fault stands, whatever is left.
   * `fault-while-held`: it stands while anything is left (the default). `unknown`: it would take another look.
   */
  readonly afterwards?: 'fault' | 'fault-while-held' | 'unknown'
  /** What was taken from the engine is part of the fault, and has none of its own. */
  readonly tellsOfLeases?: true
  /** The engine runs: whoever counts running engines counts it. */
  readonly isRunning?: true
  readonly isReportedByChecks?: true
}

/** An engine with such a fault has another fault already; this one is told only where it is a leak. */
export interface PlaceKind {
  readonly of: 'place'
  fits(engine: EngineRecord, conditions: Conditions): boolean
  severity(blamed: Blamed, conditions: Conditions): Severity
  /** Of which other faults of the engine, and whether it is told beside that one or instead of it. */
  readonly goesWith: Readonly<Record<string, 'beside' | 'instead'>>
  readonly isRunning?: true
  readonly isReportedByChecks?: true
}

export interface HandleKind {
  readonly of: 'handle'
  fits(handle: OwnedHandle, conditions: Conditions): boolean
  severity(handle: OwnedHandle, conditions: Conditions): Severity
  readonly outranks?: readonly string[]
  readonly isRunning?: true
  readonly isReportedByChecks?: true
}

/** An engine, with what it holds itself. */
export interface JudgedEngine {
  engine: EngineRecord
  /** As it was when it was judged. */
  state: EngineState
  /** Its own handles. */
  own: readonly OwnedHandle[]
  /** The engines that it started itself and that run. */
  children: readonly EngineRecord[]
  /** The object was garbage-collected while it ran. */
  isCollected: boolean
}

/** An engine, with all that it and the running engines below it hold. */
export interface Blamed {
  engine: EngineRecord
  handles: readonly OwnedHandle[]
  children: readonly EngineRecord[]
}

/** What is judged by, the engines and handles apart. */
export interface Conditions {
  trigger: Trigger
  /** On the clock of `core/time`. */
  now: number
  graceMs: number
  /** 0: a stop may take as long as it likes, while the process lives. */
  stallMs: number
  /** How long engines of each start place run; empty in final reports, where all of them should have been stopped. */
  siblings: SiblingsByPlace
  ageOf: AgeOf
}

export function isRunningState(state: EngineState): boolean {
  return state === 'starting' || state === 'running'
}

export function holdsAny({ own, children }: JudgedEngine): boolean {
  return own.length + children.length > 0
}

/** A leak, where anything is held. An engine that the program named, Node's own, or what was taken from another, is one by itself. */
export function severityByHoldings({ engine, handles, children }: Blamed): Severity {
  if (engine.origin === 'explicit' || engine.origin === 'core' || engine.lease) return 'leak'
  const holds =
    handles.length > 0 || children.some(({ origin }) => origin === 'explicit' || origin === 'core')
  return holds ? 'leak' : 'warning'
}

/** Once its stop was called, nobody has to do more: an engine of Node's own, or of a library. */
export function closesByItself({ origin }: EngineRecord): boolean {
  return origin === 'core' || origin === 'library'
}

/** A one-shot timer due this soon ends by itself. */
export const soonMs = 10_000

/** What need not be cancelled: `new Deadline(5000)`, whose one stop is a `cancel()`, and that holds a one-shot timer alone. */
export function isOneShot({ cls, stop }: EngineRecord, handles: readonly OwnedHandle[]): boolean {
  return (
    cls?.passingStops.has(stop) === true && handles.length > 0 && handles.every(({ dueMs }) => dueMs !== null)
  )
}
