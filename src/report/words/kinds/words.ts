/** What leakwatch says of a kind of finding. Each kind has a file here, of its own name. */
import { isKind, type Kind, kindNames } from '../../../judge/kinds/list.ts'

export interface Words {
  /** What happened, and since when. One sentence without its full stop. */
  message(phrases: Phrases): string
  /** What to write, and where. One sentence. */
  fix(phrases: Phrases): string
  /** What is said once it is over; else that it is no longer of this kind. */
  resolved?(name: string): string
  explanation: Explanation
}

/** What sentences are made of. */
export interface Phrases {
  /** `OrderEngine`, `setInterval`. */
  name: string
  count: number
  isOne: boolean
  /** `OrderEngine`; of several `3 OrderEngine`. */
  who: string
  /** `3 min`; of several `up to 3 min`. */
  age: string
  /** Of the oldest: `3 min`. */
  oldest: string
  /** How long ago its stop was called. */
  stopAge: string
  /** The process has ended right after its stop was called. */
  isCutOff: boolean
  /** Its stop threw or rejected. */
  stopFailed: boolean
  /** The report is final: what runs should have been stopped. */
  isFinal: boolean
  /** What was left: `1 Worker, 2 setInterval`. */
  left: string
  /** Handles of other names are among it. */
  hasOthers: boolean
  /** The call that ends it, as code. */
  stopCall: string
  /** Of its own, what started it again after it was stopped. */
  startedAgainBy: 'timer' | 'listener' | null
  /** What the close of a server waits for, and what ends that. */
  waitsFor: string | null
  /** The package that opened it, where the program's own code did not. */
  openedBy: string | null
  /** What the program asked for it: `` `new Redis()` of ioredis ``. */
  asked: string
  /** The class of the program's in whose method it was opened, and the method that clears it: `null` if none does, `undefined` if none is known. */
  openedIn: { className: string; method: string; clearedBy: string | null | undefined } | null
  /** `its pg.Pool (src/repo.ts:4) was`: the engines that it left, if it left nothing else, and few. */
  leftEngines: string | null
  /** The same, each with the call that ends it, and what else it left; `null`: no engines, or too many. */
  leftCalls: string | null
  /** Its stop, with the name of the class: `Repo.stop()`, as code. */
  stopMethod: string
  /** The call that ends it where `stopCall` waits. */
  forcedCall: string | null
  /** It was taken, to be given back. */
  isLease: boolean
  /** `12 callers have waited for up to 11 s`: of what lends. */
  callers: string
  /** What was taken from it and is out: `4 pg.PoolClient are`; `null`: nothing that the program took. */
  lent: string | null
  /** It is an engine of Node's own. */
  isCore: boolean
  /** `, or `await using` it`, where its class allows that. */
  orUsing: string
  /** The call that starts it, as code. */
  startCall: string
  /** Where it was started or made: `src/order.ts:41`. */
  place: string | null
  /** ` (started at src/order.ts:41)`. */
  startedAt: string
  /** `, as at src/order.ts:52`: where others that were started there are stopped. */
  asElsewhere: string
  /** `another Feed was stopped at src/app.ts:9, which was never started`. */
  strayStop: string | null
  /** The test runner's hook that undoes what the one that started it did: `afterAll`. */
  endingHook: string | null
}

/** The kind of finding, explained: for `explain`, HTML and SARIF. */
export interface Explanation {
  /** The fault, in one sentence. */
  summary: string
  /** What follows from it, and when it is judged. */
  meaning: string
  /** How such a leak comes about. */
  causes: readonly string[]
  /** What to do. */
  fixes: readonly string[]
  examples: readonly Example[]
}

/** A leak in code, before and after. It is short enough to be read at 2 a.m., and would run. */
export interface Example {
  title: string
  before: string
  after: string
}

/** The file is loaded when its kind is first told of. */
export function wordsOf(kind: Kind): Words {
  return (require(`./${kind}.js`) as { words: Words }).words
}

/** `null`: a kind of a newer leakwatch. */
export function explanationOf(kind: string): Explanation | null {
  return isKind(kind) ? wordsOf(kind).explanation : null
}

/** In the order of the documentation. */
export function explanations(): { kind: Kind; explanation: Explanation }[] {
  return kindNames.map((kind) => ({ kind, explanation: wordsOf(kind).explanation }))
}
