/** What is known of an engine. The words that the whole core speaks in. */
import type { Lifetimes } from './lifetimes.ts'
import type { Place } from './places.ts'
import type { CapturedStack } from './stack.ts'
import type { TestScope } from './test-context.ts'

export type EngineState = 'created' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed'

export type Facts = Record<string, string | number | boolean>

export interface EngineRecord {
  readonly id: number
  name: string
  origin: 'explicit' | 'core' | 'library' | 'convention'
  readonly package: string | null
  /** `null` for an engine that is no object (`openEngine`), and for a core engine until its object is known. */
  target: TargetRef | null
  /** What its class has shown so far; `null` for an engine that is no code of the program's. */
  readonly cls: EngineClass | null
  /** A handle or a child of it has lived for longer than youth. */
  holds: boolean
  parent: EngineRecord | null
  /** In which of its parent's starts it was started: 0 in none of them. */
  parentStart: number
  state: EngineState
  /** Verbs, as called: `start`, `listen`; `new` where the constructor started it. */
  start: string
  stop: string
  /** How often it was started; handles remember which start they came from. */
  starts: number
  /** What its start's context carries, and what that of its other methods does. */
  tenure: Tenure
  readonly work: Tenure
  /** The first start since it was last stopped. */
  firstStart: number
  /** How many calls of its start are on the stack. */
  depth: number
  created: CapturedStack | null
  started: CapturedStack | null
  stopped: CapturedStack | null
  startedAt: number
  stopCalledAt: number | null
  stoppedAt: number | null
  /** What its last stop threw or rejected with is the program's; that it did is remembered. */
  stopFailed: boolean
  /** A child process that was started to be left behind. */
  detached: boolean
  /** Why it is meant to stay, where the program said so. */
  ignored: string | null
  /** Whether a core engine's own handle is open: it tells by itself when it ends. */
  isOpen: (() => boolean) | null
  /** Whether it holds nothing at the moment, and may again: an agent without sockets. */
  isDormant: (() => boolean) | null
  /** Whether it has others' handles left once its own is closed: a server's connections. */
  holdsOthers: (() => boolean) | null
  /** Where engines were started by it that have been stopped while it ran: it is not its own stop that ends those. */
  stoppedPlaces: Set<StartPlace> | null
  /** Looks whether the start that it is in has ended; of its promise alone, as thousands may be starting. */
  lookAtStart: (() => void) | null
  /** The same of its stop. */
  lookAtStop: (() => void) | null
  /** Callbacks that others handed to it. */
  loans: Loans | null
  /** What started here before, and where it was stopped. */
  place: StartPlace | null
  /** Where its class and those it extends stand, its own first; empty for an engine that is no code of the program's. */
  readonly sources: readonly SourceRange[]
  traceId: string | null
  /** In whose context it was started; `null` outside of test runners. */
  test: TestScope | null
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
export type Loans = Map<string, (EngineRecord | null)[]>

/** Where engines are started: those started at the same place are siblings. */
export interface StartPlace {
  started: number
  stopped: number
  /** Each different stop, the first few. */
  readonly stoppedAt: Map<string, Place>
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
export interface Tenure {
  /** `null` for what is taken for no engine, until it opens a handle. */
  engine: EngineRecord | null
  readonly start: number
}
