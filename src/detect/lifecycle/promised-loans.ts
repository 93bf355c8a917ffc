/**
 * Loans of which only promises tell: what these have settled with is read when the young period ends, all at once, and so is what was
 * given back meanwhile. A promise is looked at, and never waited for.
 */
import { adopt } from '../../core/engines/life.ts'
import { promiseResults } from '../../core/promises/promise-state.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { engineStack, spendRareStack } from '../../core/stacks/budget.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { now } from '../../core/time/clock.ts'
import { type Lending, type Loan, whenLoansAge } from './lending.ts'
import { isObject } from './recognition.ts'
import { makeStamp } from './stamps.ts'

const { types } = process.getBuiltinModule('node:util')

const stackDepth = 16
/** So many are looked at when the young period ends. */
const looksAtOnce = 512
/** So many are known at most. */
const limit = 10_000

interface Promised {
  readonly loan: Loan
  readonly promise: Promise<unknown>
}

interface Returned {
  readonly taken: object
  readonly at: number
  readonly stack: CapturedStack | null
}

/** Functions that give back what they are, and were called. */
const called = makeStamp<Omit<Returned, 'taken'>>()

export function noteCalled(release: object): void {
  if (called.get(release) !== undefined) return
  const stack = spendRareStack() ? engineStack(noteCalled, stackDepth) : null
  called.set(release, { at: now(), stack })
  lenders.get(release)?.giveBack(release)
}

/** Which lending has lent such a function. */
const lenders = makeStamp<Lending>()

/** What is lent is the function that gives it back. */
export function noteLent(taken: object, lending: Lending): void {
  if (typeof taken === 'function') lenders.set(taken, lending)
}

/** The lease in what was given. */
export function itemOf(given: unknown, item: number | string): unknown {
  return isObject(given) && !types.isProxy(given) ? Reflect.get(given, item) : undefined
}

/** Those of one engine. `item`: the lease is this one of the list that a promise gives, or this property. */
export class PromisedLoans {
  readonly #lending: Lending
  #promised: Promised[] = []
  #returned: Returned[] = []
  #isAwaited = false
  /** Proxies are lent, and none is known again. */
  #isUnsure = false

  readonly #item: number | string | null
  /** Those that are out, where nothing says which of them is given back. */
  #out: Loan[] | null = null

  readonly #isFollowed: ((taken: object) => boolean) | null

  /** `isFollowed`: whether it will be seen to be given back. */
  constructor(
    lending: Lending,
    item: number | string | null,
    isByAge: boolean,
    isFollowed: ((taken: object) => boolean) | null = null,
  ) {
    this.#isFollowed = isFollowed
    this.#lending = lending
    this.#item = item
    if (isByAge) this.#out = []
  }

  add(loan: Loan, promise: Promise<unknown>): void {
    if (this.#promised.length >= limit || this.#isUnsure) return
    this.#promised.push({ loan, promise })
    this.#lookLater()
  }

  /** It was given back; nobody has seen yet to whom it was given. */
  giveBack(taken: unknown): void {
    if (!isObject(taken)) return
    // Its promise shows what is behind it.
    if (types.isProxy(taken) && !this.#isUnsure) {
      this.#isUnsure = true
      this.#lending.mistrust()
    }
    if (this.#promised.length === 0) return
    const stack = spendRareStack() ? engineStack(giveBackEntry, stackDepth) : null
    this.#returned.push({ taken, at: now(), stack })
    this.#lookLater()
  }

  /** Some calls have not been seen to be answered. */
  get isAnyPending(): boolean {
    return this.#promised.length > 0
  }

  /** The one that has been out the longest is given back. */
  giveBackOldest(): void {
    this.#look(limit)
    this.#out = this.#out?.filter(({ taken }) => taken !== null) ?? null
    const loan = this.#out?.shift()
    if (loan?.taken) this.#lending.giveBack(loan.taken)
  }

  /** What lends has a record from now on. */
  adoptBy(lender: EngineRecord): void {
    this.#look(limit)
    for (const loan of [...(this.#out ?? []), ...this.#promised.map((each) => each.loan)]) {
      loan.from = lender
      if (loan.record !== null) adopt(loan.record, lender)
    }
  }

  /** The calls that wait. */
  waiting(): Loan[] {
    this.#look(limit)
    return this.#promised.map(({ loan }) => loan)
  }

  #lookLater(): void {
    if (this.#isAwaited) return
    this.#isAwaited = true
    whenLoansAge(() => {
      this.#isAwaited = false
      this.#look(looksAtOnce)
    })
  }

  /** The k-th return of a thing ends the k-th call that was given it. */
  #look(most: number): void {
    const looked = this.#promised.slice(0, most)
    const waiting: Promised[] = []
    for (const [index, { state, value }] of promiseResults(looked.map(({ promise }) => promise)).entries()) {
      const each = looked[index] as Promised
      if (state === 'pending') waiting.push(each)
      else {
        const taken = this.#item === null ? value : itemOf(value, this.#item)
        if (isObject(taken) && this.#isFollowed?.(taken) !== false) this.#lend(each.loan, taken)
      }
    }
    this.#promised = [...waiting, ...this.#promised.slice(most)]
    this.#returned = []
  }

  #lend(loan: Loan, taken: object): void {
    if (this.#isUnsure) return
    const asked = loan.since
    this.#lending.lend(loan, taken)
    if (this.#out !== null) this.#noteOut(loan)
    if (typeof taken === 'function') {
      noteLent(taken, this.#lending)
      const release = called.get(taken)
      if (release !== undefined) this.#lending.giveBackThen(loan, release.at, release.stack)
      return
    }
    const index = this.#returned.findIndex((each) => each.taken === taken && each.at >= asked)
    if (index < 0) return
    const [{ at, stack }] = this.#returned.splice(index, 1) as [Returned]
    this.#lending.giveBackThen(loan, at, stack)
  }

  #noteOut(loan: Loan): void {
    if (this.#out === null) return
    if (this.#out.length >= looksAtOnce) this.#out = this.#out.filter(({ taken }) => taken !== null)
    this.#out.push(loan)
  }
}

const giveBackEntry = PromisedLoans.prototype.giveBack as () => unknown
