/**
 * What is lent: it is asked for, given out and given back. It is an engine of its own, and its parent is what it was taken from. Most
 * is given back within the young period and then has cost a few writes: it never has a record. Only what the program takes by a call of
 * its own counts; what a library takes for itself it gives back.
 */
import { backdate, countAtPlaces, countBriefLives } from '../../core/engines/brief-lives.ts'
import { adopt, beginStop, endStop, startAtOnce } from '../../core/engines/life.ts'
import { engineOf } from '../../core/engines/objects.ts'
import { recordEngine } from '../../core/engines/record-engine.ts'
import { whenStockIsTaken } from '../../core/engines/running-engines.ts'
import { activeTraceId } from '../../core/engines/trace-id.ts'
import { isOfPackages } from '../../core/ownership/behind-library.ts'
import type { EngineRecord, LibraryTraits } from '../../core/records/engine-record.ts'
import { isHeard } from '../../core/records/listeners.ts'
import { currentTest, type TestScope } from '../../core/records/test-scope.ts'
import { attempt } from '../../core/self/faults.ts'
import { showAs } from '../../core/self/written-text.ts'
import { engineStack, spendRareStack, stackMode } from '../../core/stacks/budget.ts'
import { type CapturedStack, takeRaw } from '../../core/stacks/captured-stack.ts'
import { isInternal, isProgram } from '../../core/stacks/frames.ts'
import { now } from '../../core/time/clock.ts'
import { beginYoungPeriod, doFirst, endYoungPeriod } from '../../core/time/young-period.ts'
import { isObject } from './recognition.ts'
import { makeStamp, type Stamp } from './stamps.ts'
import { state } from './state.ts'
import { type AnyFunction, type StackPlan, wrapProperty } from './wrap.ts'

const { types } = process.getBuiltinModule('node:util')

const stackDepth = 16
/** The first of a kind have one, whatever the budget: what a service takes as it starts, and keeps. */
const firstStacks = 8
/** Beyond the budget one call in so many has a stack, and that is a brief one. */
const stacksOneIn = 32
/** What was taken without a stack, and is out for so long, is unusual where so much is taken: for a while each call has one. */
const unusualMs = 1000
const stackedForMs = 60_000
/** What is kept for so long without a stack of its own is missed: its siblings shall not be. */
const missedMs = 10_000
const youngMs = 100
/** So many are young at most. */
const youngLimit = 512
/** From so many on those that are out are looked at, each time that there are twice as many. */
const sweepFrom = 256
/** Classes of Node's that libraries extend: what has a method of these alone is not followed by it. */
const ofNode = new Set(['Object', 'Function', 'EventEmitter', 'Stream', 'Readable', 'Writable', 'Duplex'])
/** So many that were never given back are known of one kind: memory has an end. */
const outLimit = 10_000

/** What is lent, and on which terms. */
export interface Terms {
  /** `pg.PoolClient` */
  readonly name: string
  readonly origin: EngineRecord['origin']
  readonly package: string | null
  readonly traits: LibraryTraits | null
  /** The verbs that take it and give it back. */
  readonly start: string
  readonly stop: string
  /** How many calls of the library's own stand between the program and the one that is seen, at most; 1: none. */
  readonly depth: number
  /** Whether it has not been given back in another way. */
  readonly isOut?: (taken: object) => boolean
  /** Whether it will not be out any more; else what is not out is over. */
  readonly isOver?: (taken: object) => boolean
  /**
   * Once it is no longer young, it is held weakly: what was collected is out no more. Called with its record then, which it has only if
   * the program's own code took it.
   */
  readonly kept?: (record: EngineRecord, taken: object) => void
}

/** One call that takes something, and what it was given. */
export class Loan {
  readonly lending: Lending
  /** `null`: what lends it is no engine. */
  from: EngineRecord | null
  readonly stack: CapturedStack | null
  /** Asked for; once it was given, since when it is out. */
  since: number
  readonly weight: number
  test: TestScope | null = currentTest()
  readonly traceId: string | null = activeTraceId()
  /** `null`: nothing was given yet, or it was given back. */
  taken: object | WeakRef<object> | null = null
  stopped: CapturedStack | null = null
  backAt = 0
  record: EngineRecord | null = null

  constructor(
    lending: Lending,
    from: EngineRecord | null,
    stack: CapturedStack | null,
    at: number,
    weight: number,
  ) {
    this.lending = lending
    this.from = from
    this.stack = stack
    this.since = at
    this.weight = weight
  }
}

/** By what is lent: some lending of it. */
const latest = makeStamp<Loan>()

/** Whether something is out already: a program's own pool may give out what a library's has lent. */
export function isLent(taken: object): boolean {
  return (latest.get(taken)?.taken ?? null) !== null
}

/** Whether it was ever out. */
export function wasLent(taken: object): boolean {
  return latest.get(taken) !== undefined
}

/** One kind of what is lent. */
export class Lending {
  readonly terms: Terms
  readonly #loans: Stamp<Loan> = makeStamp<Loan>()
  /** Methods of what is lent whose calls are seen. */
  readonly #ends: Stamp<Set<string | symbol>> = makeStamp()
  /** Those that have outlived the young period. */
  readonly #out = new Set<Loan>()
  #sweepAt = sweepFrom
  #isMistrusted = false
  #first = firstStacks
  #unseen = 0
  #stackedUntil = 0
  #unplaced: Loan[] = []

  constructor(terms: Terms) {
    this.terms = terms
  }

  /** How deep the stack of a call shall be. */
  plan(): StackPlan | null {
    if (stackMode() === 'off') return null
    if (this.#first > 0) {
      this.#first -= 1
      return { depth: stackDepth, holder: null }
    }
    if (spendRareStack()) return { depth: stackDepth, holder: null }
    this.#unseen += 1
    if (this.#unseen < stacksOneIn && state.youngSince >= this.#stackedUntil) return null
    return { depth: this.terms.depth, holder: null }
  }

  /** Something is asked for, of `from`. */
  ask(from: EngineRecord | null, plan: StackPlan | null): Loan {
    return this.askAt(from, plan === null || plan.holder === null ? null : takeRaw(plan.holder))
  }

  /** The same, at a call with this stack. */
  askAt(from: EngineRecord | null, stack: CapturedStack | null): Loan {
    beginPeriod()
    if (stack === null) return new Loan(this, from, null, state.youngSince, 0)
    const weight = this.#unseen + 1
    this.#unseen = 0
    return new Loan(this, from, stack, now(), weight)
  }

  /** `taken` is given to whoever asked. */
  lend(loan: Loan, taken: object): void {
    const before = this.#loans.get(taken)
    if (before === loan || this.#isMistrusted) return
    // It was given back in a way that is not seen.
    if (before !== undefined) this.#end(before, taken, null, now())
    // The caller had to wait.
    if (loan.since < state.youngSince) loan.since = now()
    loan.taken = taken
    this.#loans.set(taken, loan)
    latest.set(taken, loan)
    if (state.youngLoans.length >= youngLimit && !state.isAgeingLoans) ageSome()
    state.youngLoans.push(loan)
    beginPeriod()
    if (isHeard()) record(loan)
  }

  /** The loan of `taken`, if it is out. */
  loanOf(taken: unknown): Loan | undefined {
    return isObject(taken) ? this.#loans.get(taken) : undefined
  }

  /** Whether it was out. */
  giveBack(taken: unknown, verb: string = this.terms.stop): boolean {
    const loan = this.loanOf(taken)
    if (loan === undefined) return false
    const stack = spendRareStack() ? engineStack(giveBackEntry, stackDepth) : null
    this.#end(loan, taken as object, stack, now(), verb)
    return true
  }

  /** A call of this method of what is lent gives it back. */
  endBy(taken: object, verb: string): void {
    for (let holder: object | null = taken; holder !== null; holder = Object.getPrototypeOf(holder)) {
      if (types.isProxy(holder)) return
      if (!Object.hasOwn(holder, verb)) continue
      if (ofNode.has(holder.constructor?.name)) return
      wrapProperty(holder, verb, (original, self, args) => {
        attempt('a lease', () => this.giveBack(self, verb))
        return Reflect.apply(original, self, args)
      })
      return
    }
  }

  /**
   * The same, where the object's class is not to be changed for all. Whether calls of it are seen.
   */
  endByOwn(taken: object, verb: string | symbol): boolean {
    const value: unknown = Reflect.get(taken, verb)
    if (typeof value !== 'function' || types.isProxy(taken)) return false
    const known = this.#ends.get(taken)
    if (known?.has(verb) === true) return true
    const property = Object.getOwnPropertyDescriptor(taken, verb)
    const shape = property ?? { enumerable: false, writable: true, configurable: true }
    if (property === undefined ? !Object.isExtensible(taken) : property.configurable !== true) return false
    const giveBack = (): void => attempt('a lease', () => this.giveBack(taken))
    const { wrapper } = {
      wrapper(this: unknown, ...args: unknown[]): unknown {
        giveBack()
        return Reflect.apply(value, this, args)
      },
    }
    for (const key of ['name', 'length'] as const)
      Object.defineProperty(wrapper, key, { value: value[key], configurable: true })
    showAs(wrapper, value as AnyFunction)
    if (!Reflect.defineProperty(taken, verb, { ...shape, value: wrapper })) return false
    this.#ends.set(taken, new Set(known).add(verb))
    return true
  }

  /** Whether calls that give it back were seen from now on already. */
  isFollowed(taken: object): boolean {
    return this.#ends.get(taken) !== undefined
  }

  /** What is given back is not what was given out: nobody can tell what is out, now and from now on. */
  mistrust(): void {
    this.#isMistrusted = true
    const young = state.youngLoans.filter(({ lending }) => lending === this)
    for (const loan of [...this.#out, ...young])
      if (loan.taken !== null) this.#end(loan, loan.taken, null, now())
  }

  /** It was given back at `at`. */
  giveBackThen(loan: Loan, at: number, stack: CapturedStack | null): void {
    if (loan.taken !== null) this.#end(loan, loan.taken, stack, at)
  }

  #end(loan: Loan, held: object, stack: CapturedStack | null, at: number, verb = this.terms.stop): void {
    const taken = held instanceof WeakRef ? held.deref() : held
    if (taken !== undefined) this.#loans.set(taken, undefined)
    loan.taken = null
    if (loan.record === null) {
      loan.stopped = stack
      loan.backAt = at
      return
    }
    this.#out.delete(loan)
    beginStop(loan.record, verb, stack, at)
    endStop(loan.record, false)
    const part = engineOf(taken)
    if (part?.parent === loan.record) adopt(part, loan.from)
  }

  /** For `ageLoans` alone: it has outlived the young period. */
  keep(loan: Loan): boolean {
    if (loan.stack === null && stackMode() === 'auto' && now() - loan.since > unusualMs) {
      this.#stackedUntil = now() + stackedForMs
      if (this.#unplaced.length < youngLimit) this.#unplaced.push(loan)
    }
    if (this.#unplaced.length > 0) this.#lookAtUnplaced()
    if (this.#out.size >= this.#sweepAt) this.#sweep()
    if (this.#out.size >= outLimit) return false
    this.#out.add(loan)
    return true
  }

  /** What was given back in a way that is not seen is let go, and may be collected. */
  #sweep(): void {
    for (const loan of this.#out)
      if (loan.taken !== null && isOver(loan.taken, this.terms)) this.#end(loan, loan.taken, null, now())
    const left = this.#out.size
    this.#sweepAt = left > outLimit / 2 ? Number.POSITIVE_INFINITY : Math.max(sweepFrom, 2 * left)
  }

  #lookAtUnplaced(): void {
    this.#unplaced = this.#unplaced.filter(({ taken }) => taken !== null)
    const isMissed = this.#unplaced.some(({ since }) => now() - since > missedMs)
    if (isMissed) this.#stackedUntil = Number.POSITIVE_INFINITY
  }
}

/** Whose caller's stack is that of a stop. */
const giveBackEntry = Lending.prototype.giveBack as () => unknown

function beginPeriod(): void {
  if (state.youngSince === 0) state.youngSince = now()
  if (!state.isLending) {
    state.isLending = true
    doFirst({ name: 'looking at what was lent', run: () => ageLoans(youngMs) })
    whenStockIsTaken(() => ageLoans(0))
  }
  beginYoungPeriod()
}

/** Calls back once, before it is seen which loans have outlived the young period. */
export function whenLoansAge(look: () => void): void {
  state.loanLooks.push(look)
  beginPeriod()
}

function ageSome(): void {
  endYoungPeriod()
  if (state.youngLoans.length > youngLimit / 2) ageLoans(0)
}

/** What has been out for so long is young no more. */
function ageLoans(fromMs: number): void {
  const looks = state.loanLooks
  state.loanLooks = []
  state.isAgeingLoans = true
  for (const look of looks) attempt('looking at what was asked for', look)
  state.isAgeingLoans = false
  const loans = state.youngLoans
  state.youngLoans = []
  const at = now()
  state.youngSince = 0
  // Their stacks were read at the end of the young period.
  countAtPlaces(state.briefLives)
  state.briefLives = []
  let brief = 0
  for (const loan of loans) {
    if (loan.record !== null) continue
    if (loan.taken !== null) {
      const isYoung = at - loan.since < (loan.stack === null ? (fromMs === 0 ? 0 : unusualMs) : fromMs)
      const isKept = isYoung || !isOver(loan.taken, loan.lending.terms)
      if (isYoung) state.youngLoans.push(loan)
      else if (isKept) record(loan)
      if (isKept) continue
      // It was given back in a way that is not seen.
      loan.lending.giveBackThen(loan, at, null)
    }
    brief += 1
    const { stack, stopped, lending, backAt, since, weight } = loan
    if (stack === null) continue
    stack.abridge()
    const { name } = lending.terms
    state.briefLives.push({ name, started: stack, stopped, ms: backAt - since, weight })
  }
  countBriefLives(brief)
  if (state.youngLoans.length > 0) beginPeriod()
}

function record(loan: Loan): void {
  const { lending, from, stack, taken, since, traceId, test } = loan
  if (taken === null || taken instanceof WeakRef || loan.record !== null) return
  const { terms } = lending
  if (terms.kept !== undefined && !isByProgram(stack, terms)) {
    loan.taken = null
    return
  }
  if (!lending.keep(loan)) return
  const weak = terms.isOut === undefined ? null : new WeakRef(taken)
  const isStillOut = (): boolean => weak === null || isOut(weak.deref(), terms)
  const made = recordEngine(null, {
    name: terms.name,
    origin: terms.origin,
    package: terms.package,
    start: terms.start,
    stop: terms.stop,
    created: stack,
    parent: from,
    lease: true,
    traits: terms.traits,
    isDormant: () => !isByProgram(stack, terms) || !isStillOut(),
  })
  startAtOnce(made)
  backdate(made, { startedAt: since, traceId, test })
  loan.record = made
  const held = engineOf(taken)
  if (held !== undefined && from !== null && held.parent === from) adopt(held, made)
  if (terms.kept === undefined) return
  loan.taken = weak
  terms.kept(made, taken)
}

/** Whether the program's own code took it; read when somebody wants to know. */
function isByProgram(stack: CapturedStack | null, { traits, depth, origin }: Terms): boolean {
  if (origin === 'explicit') return true
  const packages = traits?.packages ?? []
  const frames = stack?.frames.filter((frame) => !isInternal(frame)).slice(0, depth)
  const maker = frames?.find((frame) => !isOfPackages(frame, packages))
  return maker !== undefined && isProgram(maker)
}

function isOut(held: object | undefined, { isOut: ask, kept }: Terms): boolean {
  const taken = held instanceof WeakRef ? held.deref() : held
  if (taken === undefined) return kept === undefined
  if (ask === undefined) return true
  try {
    return ask(taken)
  } catch {
    return true
  }
}

function isOver(held: object, terms: Terms): boolean {
  const { isOver: ask } = terms
  if (ask === undefined || held instanceof WeakRef) return !isOut(held, terms)
  try {
    return ask(held)
  } catch {
    return false
  }
}
