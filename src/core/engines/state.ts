/** What this room remembers, in one object, so that a test can begin anew. */
import type { EngineRecord, SourceRange, StartPlace } from '../records/engine-record.ts'
import type { CapturedStack } from '../stacks/captured-stack.ts'
import type { PlainFrame } from '../stacks/frames.ts'

/** A stop whose stacks have not been read yet. */
export interface UncountedStop {
  record: EngineRecord
  started: CapturedStack
  stopped: CapturedStack | null
  /** For whose own stop it was not. */
  parent: EngineRecord | null
  /** How long it had run, in whole milliseconds. */
  ranMs: number
  /** It stands for so many. */
  weight: number
}

interface State {
  nextId: number
  /** Every engine that was started and has not ended. */
  alive: Set<EngineRecord>
  /** How many of them there are when the table is looked through. */
  sweepAt: number
  /** Their objects are held by a plain reference until the young period ends. */
  young: EngineRecord[]
  /** Starts, what became of them, and `failed`: those that threw or rejected. */
  counts: { started: number; stopped: number; failed: number }
  /** Engines that were taken for none at first, and have not been seen to hold anything. */
  presumed: WeakSet<EngineRecord>
  /** How many that are taken for no engine run, as far as starts and stops tell. */
  lightRunning: number
  /** Called back once, when the first engine is started. */
  whenFirstStarted: (() => void) | null
  /** Looks whether engines that were told to close have closed. */
  lookAtClosing: (() => void) | null
  /** Looks for engines that have ended, before stock is taken. */
  /** Told of each signal that `process.kill` has sent to another process, once this process has had a child. */
  whenSent: ((pid: number, signal: number) => void) | null
  lookBeforeStock: (() => void)[]
  /** Called with a time limit when callers begin to wait; `isAwaited`: it was, and has not looked yet. */
  whenCallersWait: ((ms: number) => void) | null
  isAwaited: boolean
  /** Engines of Node's own that were told to close, and the next look at them: after a pause, which its undo ends. */
  closing: EngineRecord[]
  closingPauseMs: number
  cancelLook: (() => void) | null
  /** The engines that were last started, by the place of their class. */
  recent: Map<SourceRange, EngineRecord[]>
  places: Map<string, StartPlace>
  placesOfFrames: WeakMap<PlainFrame, Map<string, StartPlace>>
  uncountedStops: UncountedStop[]
  /** The latest of numbers that follow no order, for what is chosen at random: the program's own are left alone. */
  random: number
  shutdown: {
    /** When a listener of the program's first heard a signal that ends programs. */
    askedAt: number | null
    startedAt: number | null
    exitAt: number | null
    /** Stops since the shutdown began, in their order. */
    order: EngineRecord[]
    /** Stops since the last start, where nothing said yet that the program begins to end. */
    tail: EngineRecord[]
    tailLength: number
    lastStarted: EngineRecord | null
    /** Past the limit only what may still be stopping is kept: it is what matters. */
    beyond: Set<EngineRecord>
    omitted: number
    /** How many there are in `beyond` when it is looked through; 0: as many as the limit says. */
    beyondUntilLook: number
  }
}

export const fresh = (): State => ({
  nextId: 1,
  alive: new Set(),
  sweepAt: 4096,
  young: [],
  counts: { started: 0, stopped: 0, failed: 0 },
  presumed: new WeakSet(),
  lightRunning: 0,
  whenFirstStarted: null,
  lookAtClosing: null,
  whenSent: null,
  lookBeforeStock: [],
  whenCallersWait: null,
  isAwaited: false,
  closing: [],
  closingPauseMs: 0,
  cancelLook: null,
  recent: new Map(),
  places: new Map(),
  placesOfFrames: new WeakMap(),
  uncountedStops: [],
  random: 1,
  shutdown: {
    askedAt: null,
    startedAt: null,
    exitAt: null,
    order: [],
    tail: [],
    tailLength: 0,
    lastStarted: null,
    beyond: new Set(),
    omitted: 0,
    beyondUntilLook: 0,
  },
})

export const state: State = fresh()
