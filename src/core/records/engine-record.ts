/** The words that the whole core speaks in. */

import type { CapturedStack } from '../stacks/captured-stack.ts'
import type { PlainFrame } from '../stacks/frames.ts'
import type { Site } from '../stacks/sites.ts'
import type { Lifetimes } from './lifetimes.ts'
import type { TestScope } from './test-scope.ts'
import type { Waiting } from './waiting.ts'

export type EngineState = 'created' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed'

export type Facts = Record<string, string | number | boolean>

/**
 * What is known of an engine. Its life (state, verbs, times, stacks, parent) is written by `engines/life.ts`; each other field
 * by the module that its comment names.
 */
export interface EngineRecord extends EngineProbes {
  readonly id: number
  readonly name: string
  readonly origin: 'explicit' | 'core' | 'library' | 'convention'
  readonly package: string | null
  /**
   * `null` for an engine that is no object (`openEngine`), and for a core engine until its object is known. Written by
   * `engines/objects.ts`.
   */
  readonly target: TargetRef | null
  /** What its class has shown so far; `null` for an engine that is no code of the program's. */
  readonly cls: EngineClass | null
  /** A handle or a child of it has lived for longer than the young period. */
  readonly holds: boolean
  readonly parent: EngineRecord | null
  /** In which of its parent's starts it was started: 0 in none of them. */
  readonly parentStart: number
  readonly state: EngineState
  /** Verbs, as called: `start`, `listen`; `new` where the constructor started it. */
  readonly start: string
  readonly stop: string
  /** How often it was started; handles remember which start they came from. */
  readonly starts: number
  /** What its start's context carries, and what that of its other methods does. */
  readonly startWork: Work
  readonly work: Work
  /** The first start since it was last stopped. */
  readonly firstStart: number
  /** The start in which, or since which, it last opened something or started a child. */
  readonly openedIn: number
  /** How many calls of its start are on the stack. */
  readonly depth: number
  readonly created: CapturedStack | null
  readonly started: CapturedStack | null
  readonly stopped: CapturedStack | null
  /** Of the stop that ended the life before, where it was started anew. */
  readonly stoppedBefore: CapturedStack | null
  readonly startedAt: number
  readonly stopCalledAt: number | null
  readonly stoppedAt: number | null
  /** What its last stop threw or rejected with is the program's; that it did is remembered. */
  readonly stopFailed: boolean
  readonly traceId: string | null
  /** In whose context it was started; `null` outside of test runners. */
  readonly test: TestScope | null
  /** Where its class and those it extends stand, its own first; empty for an engine that is no code of the program's. */
  readonly sources: readonly SourceRange[]
  /** What started here before, and where it was stopped. Written by `engines/start-place.ts`, with the next. */
  readonly place: StartPlace | null
  /** Where engines were started by it that have been stopped while it ran: it is not its own stop that ends those. */
  readonly stoppedPlaces: Set<StartPlace> | null
  /** Looks whether the start that it is in has ended; of its promise alone, as thousands may be starting. Written by who watches. */
  lookAtStart: (() => void) | null
  /** The same of its stop. */
  lookAtStop: (() => void) | null
  /** The `await` in which its stop is; `null`: in none that is seen. Written by `detect/lifecycle/inside.ts`. */
  waitsIn: CapturedStack | null
  /** Its start was an asynchronous generator's, and none of its generators goes on. Written by `detect/lifecycle/generators.ts`. */
  isFinished: (() => boolean) | null
  /** What its start named, or a weak reference to that. Written by `detect/lifecycle/parts.ts`. */
  startedWith: unknown
  /** Callbacks that others handed to it. Written by `ownership/callbacks.ts`. */
  callbacks: Callbacks | null
  /** It was taken from its parent, to be given back. */
  readonly lease: boolean
  /** What is known of it by its library; `null`: it is none of a library's. */
  readonly traits: LibraryTraits | null
  /** A child process that was started to be left behind. Written by `detect/node/child-process.ts`. */
  detached: boolean
  /** Who waits for what it lends; `null`: nobody has. Written by `detect/lifecycle/leases.ts`. */
  waiting: (() => Waiting | null) | null
  /** Why it is meant to stay, where the program said so. Written by `stock.ts`. */
  ignored: string | null
}

/** What is known of a library's engines. */
export interface LibraryTraits {
  /** Packages whose code works for them. */
  readonly packages: readonly string[]
  /** What users write to stop one: `await pool.end()`; what ends it where that waits. */
  readonly stopCall: string
  readonly forcedCall: string | null
  /** Whether `stopCall` would wait, as nobody answers it; does not throw. */
  readonly isUnanswered: (target: object) => boolean
  /** For so long after its stop it may hold what ends by itself. */
  readonly lingersMs: number
  /** What the program's callbacks open in its context is its own, too. */
  readonly keeps: boolean
  /** It is no engine, and only lends. */
  readonly isLender?: boolean
  /** It ends with what it was taken from. */
  readonly endsWithParent: boolean
  /** Where it is connected to; does not throw. */
  readonly detail: (target: object) => Facts
}

/** What an engine of Node's own, or of a library's, tells by its state; `null`: it tells nothing. */
export interface EngineProbes {
  /** Whether its own handle is open: it tells by itself when it ends. */
  readonly isOpen: (() => boolean) | null
  /** Whether it holds nothing at the moment, and may again: an agent without sockets. */
  readonly isDormant: (() => boolean) | null
  /** Whether it has others' handles left once its own is closed: a server's connections. */
  readonly holdsOthers: (() => boolean) | null
}

/** Strong while the engine is young (a `WeakRef` costs over a microsecond), and weak ever after. */
export interface TargetRef {
  deref(): object | undefined
}

/** A class of engines, or an object literal, and what its engines have shown. */
export interface EngineClass {
  name: string
  source: SourceRange
  /** How many were made, roughly: the first have a creation stack. */
  instances: number
  /** Starts that came to an end without an error. */
  starts: number
  /** When the first of them did. */
  startedAt: number
  /** Of the brief lives of its engines, so many were not read since the last that was. */
  unread: number
  /** The record of one of its engines, made now where there is none; `null`: it cannot be stopped. */
  readonly recognise: (self: object) => EngineRecord | null
  /** Any of its engines ever had a handle or a child. */
  holds: boolean
  /** It is taken for no engine: see `light-work.ts`. */
  isLight: boolean
  /** Work of its engines goes on after their methods have returned. */
  isAsync: boolean
  /** Its own constructor and fields open nothing. */
  isQuiet: boolean
  /** `null` for an object literal. */
  ctor: Constructor | null
  /** How many frames of a start's stack show the program's own code. */
  depth: number
  /** The first stop that was called on one of it that was never started. Written by `detect/lifecycle/stray-stops.ts`. */
  strayStop: StrayStop | null
  /** What methods of its objects do whose names are verbs with something behind them. */
  families: ReadonlyMap<string, 'start' | 'stop'>
  /** Stop verbs that end what is there at the moment as often as the engine. */
  passingStops: ReadonlySet<string>
  /** By start verbs those that end what these have begun; `null`: none was called. */
  stops: Map<string, string> | null
}

/** Somebody was told to stop another than the one that runs. */
export interface StrayStop {
  readonly instance: WeakRef<object>
  /** Where that was made, and where it was stopped. */
  readonly created: CapturedStack | null
  readonly stopped: CapturedStack | null
  /** In which that was; `null` outside of test runners. */
  readonly test: TestScope | null
}

export type Constructor = abstract new (...args: never[]) => object

/** Where a class or a literal stands in the program's source; lines count from 1, both ends included. */
export interface SourceRange {
  /** Of the class or the literal. */
  name: string
  file: string
  line: number
  endLine: number
}

/** Function names, each with those who handed such a function over, latest last; `null`: code outside any engine. */
export type Callbacks = Map<string, (EngineRecord | null)[]>

/** Where engines are started: those started at the same place are siblings. */
export interface StartPlace {
  readonly frame: PlainFrame
  started: number
  stopped: number
  /** Each different stop, the first few. */
  readonly stoppedAt: Map<string, Site>
  /** How long they ran until their stop was called, or they ended; `null`: none has. */
  lifetimes: Lifetimes | null
  /** How many run, from check to check; `null`: none did at the last one. */
  growth: Growth | null
}

/** Of one start place, what its last checks have counted. */
export interface Growth {
  /** Those that have outlived their siblings, at the last check. */
  readonly left: number
  /** In how many checks in a row that number rose, up to the last one, and in how many it did not. */
  readonly rises: number
  readonly flat: number
  /** For how long it has gone up, in milliseconds: it never fell, nor stood still for long. How many there were before. */
  readonly upMs: number
  readonly base: number
  readonly isGrowing: boolean
}

/** An engine at work: in which of its starts, or in another method (0). */
export interface Work {
  /** `null` for what is taken for no engine, until it opens a handle. */
  engine: EngineRecord | null
  readonly start: number
}
