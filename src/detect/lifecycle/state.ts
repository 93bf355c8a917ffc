/** What this folder remembers of the program, in one object: a test begins anew with an empty one. */

import type { BriefLife } from '../../core/engines/brief-lives.ts'
import type { CallbackHolder } from '../../core/ownership/callbacks.ts'
import type { EngineClass, EngineRecord } from '../../core/records/engine-record.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import type { Lifecycle } from './classes.ts'
import type { GeneratorRun } from './generators.ts'
import type { Loan } from './lending.ts'
import type { NamedVerbs } from './named-verbs.ts'
import type { PartStop } from './parts.ts'

/** The prototype or the object literal to which methods belong. */
export interface Home {
  readonly prototype: WeakRef<object> | null
  readonly literal: EngineClass | null
}

export interface LaterStops {
  readonly starts: number
  readonly verbs: Set<string>
}

interface State {
  /** Classes of object literals: one for each place in the source, however often a factory makes an object there. */
  literals: Map<string, EngineClass>
  /** Registered classes, by their prototypes. */
  classes: WeakMap<object, EngineClass>
  /** What a prototype chain amounts to. Emptied with each class that is registered. */
  lifecycles: WeakMap<object, Lifecycle | null>
  /** Where instances were made; `null`: not captured. */
  creations: WeakMap<object, CapturedStack | null>
  /** Callbacks that constructors were handed, by their instances, up to the first start. */
  handed: WeakMap<object, CallbackHolder>
  /** Where methods stand that tell of their calls themselves, by the number that they give. */
  homes: Map<number, Home>
  /** Functions that do. */
  telling: WeakSet<object>
  /** The object of a light class whose method was called last, until the young period ends, and the number that it gave. */
  latestLight: { self: object | null; id: number; cls: EngineClass | null }
  isForgettingLight: boolean
  /** How far the handle table went when the latest instance was made. */
  handlesAtLatestInstance: number
  /** How many stops of objects that were never started were looked at. */
  strayLooks: number
  /** Stop methods that could not be wrapped: an engine that only they stop is never seen to stop. */
  unseenStops: WeakSet<object>
  /** The last call of each engine's that stopped a part of it, or the whole. */
  parts: Map<EngineRecord, PartStop>
  isLookingAtParts: boolean
  /** Stop verbs that were called on engines whose stop had ended, with the start whose life they belong to. */
  laterStops: WeakMap<EngineRecord, LaterStops>
  /** Verbs that the program named for one engine; asked only once there are any. */
  namedVerbs: WeakMap<EngineRecord, NamedVerbs>
  hasNamedVerbs: boolean
  /** Generators of engines' methods that have not ended, by the program's generator objects. */
  generators: WeakMap<object, GeneratorRun>
  /** Of an engine, the generators that have not been seen to end. */
  generatorRuns: WeakMap<EngineRecord, GeneratorRun[]>
  /** Prototypes of generators on which the steps are followed, or cannot be. */
  generatorPrototypes: WeakMap<object, boolean>
  /** What was lent within this young period, since when that goes, and whether anybody looks at its end. */
  youngLoans: Loan[]
  youngSince: number
  isLending: boolean
  /** What was given back, whose stacks have not been read. */
  briefLives: BriefLife[]
  isAgeingLoans: boolean
  /** Called before that, each once. */
  loanLooks: (() => void)[]
}

export function fresh(): State {
  return {
    literals: new Map(),
    classes: new WeakMap(),
    lifecycles: new WeakMap(),
    creations: new WeakMap(),
    handed: new WeakMap(),
    homes: new Map(),
    telling: new WeakSet(),
    latestLight: { self: null, id: 0, cls: null },
    isForgettingLight: false,
    handlesAtLatestInstance: 0,
    strayLooks: 0,
    unseenStops: new WeakSet(),
    parts: new Map(),
    isLookingAtParts: false,
    laterStops: new WeakMap(),
    namedVerbs: new WeakMap(),
    hasNamedVerbs: false,
    generators: new WeakMap(),
    generatorRuns: new WeakMap(),
    generatorPrototypes: new WeakMap(),
    youngLoans: [],
    youngSince: 0,
    isLending: false,
    briefLives: [],
    isAgeingLoans: false,
    loanLooks: [],
  }
}

export const state: State = fresh()
