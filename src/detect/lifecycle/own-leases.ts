/**
 * Leases by convention: what a method of the program's own class gives out (`acquire`, `lock`), if it has a method that gives it back
 * (`release`), or its owner has one to which it is given.
 */
import { engineOf } from '../../core/engines/objects.ts'
import { isPromise, promiseResults } from '../../core/promises/promise-state.ts'
import { attempt, recordFault } from '../../core/self/faults.ts'
import { returnVerbs, stopSymbols, takeVerbs } from '../source/verbs.ts'
import { isLent, Lending, type Loan, wasLent } from './lending.ts'
import { PromisedLoans } from './promised-loans.ts'
import { isObject } from './recognition.ts'
import { makeStamp } from './stamps.ts'
import { state } from './state.ts'
import { type Around, wrapProperty } from './wrap.ts'

/** Methods of what was given out that give it back. */
const ownEnds: readonly string[] = ['release', 'unlock', 'free']

/** Wraps the methods by which instances of a class lend. */
export function registerLender(ctor: { readonly prototype: object }, name: string): void {
  const { prototype } = ctor
  const promised = makeStamp<PromisedLoans>()
  const returns = returnVerbs.filter((verb) => isOwnMethod(prototype, verb))
  for (const verb of takeVerbs) {
    if (!isOwnMethod(prototype, verb)) continue
    const lending = new Lending({
      ...{ name: `${name}.lease`, origin: 'convention', package: null, traits: null, start: verb },
      ...{ stop: returns[0] ?? 'release', depth: 1 },
    })
    wrapProperty(prototype, verb, taking(lending, returns.length > 0, promised))
    for (const each of returns) wrapProperty(prototype, each, returning(lending, promised))
  }
}

function isOwnMethod(prototype: object, verb: string): boolean {
  return typeof Object.getOwnPropertyDescriptor(prototype, verb)?.value === 'function'
}

function taking(lending: Lending, hasReturn: boolean, promised: Stamps): Around {
  let isInside = false
  const around: Around = (original, self, args, _entry, plan) => {
    // A method that calls another of them takes one.
    if (isInside || !isObject(self)) return Reflect.apply(original, self, args)
    const loan = lending.ask(engineOf(self) ?? null, plan)
    isInside = true
    let result: unknown
    try {
      result = Reflect.apply(original, self, args)
    } finally {
      isInside = false
    }
    try {
      lend(lending, loan, hasReturn, self, result, promised)
    } catch (error) {
      recordFault('a lease', error)
    }
    return result
  }
  around.plan = () => (isInside ? null : lending.plan())
  return around
}

type Stamps = ReturnType<typeof makeStamp<PromisedLoans>>

function lend(
  lending: Lending,
  loan: Loan,
  hasReturn: boolean,
  self: object,
  result: unknown,
  promised: Stamps,
): void {
  if (!isPromise(result)) {
    if (isObject(result) && mayLend(lending, result, hasReturn)) lending.lend(loan, result)
    return
  }
  // What was given at once can be followed before anybody has it.
  const [now] = promiseResults([result])
  if (now?.state === 'fulfilled') {
    if (isObject(now.value) && mayLend(lending, now.value, hasReturn)) lending.lend(loan, now.value)
    return
  }
  const loans = promised.get(self) ?? new PromisedLoans(lending, null, false, (taken) => isFollowed(taken))
  promised.set(self, loans)
  loans.add(loan, result)

  function isFollowed(taken: object): boolean {
    if (hasReturn) return !isLent(taken)
    // It may have been given back before it was seen for the first time.
    const isKnown = lending.isFollowed(taken)
    return mayLend(lending, taken, false) && isKnown
  }
}

/** Whether it will be seen to be given back. */
function mayLend(lending: Lending, taken: object, hasReturn: boolean): boolean {
  if (isLent(taken)) return false
  const ends = [...ownEnds, ...stopSymbols].filter((verb) => isEnd(taken, verb))
  const unseen = ends.filter((verb) => !lending.endByOwn(taken, verb))
  return unseen.length === 0 && (ends.length > 0 || hasReturn)
}

/** Generators and what else is Node's own have dispose methods, too. */
function isEnd(taken: object, verb: string | symbol): boolean {
  if (typeof Reflect.get(taken, verb) !== 'function') return false
  const prototype = Object.getPrototypeOf(taken)
  return typeof verb === 'string' || Object.hasOwn(taken, verb) || state.classes.has(prototype)
}

function returning(lending: Lending, promised: Stamps): Around {
  return (original, self, args) => {
    attempt('a lease', () => {
      const [taken] = args
      if (args.length === 0 || lending.giveBack(taken)) return
      const loans = isObject(self) ? promised.get(self) : undefined
      if (isObject(taken) && loans?.isAnyPending === true) loans.giveBack(taken)
      // By a key, or wrapped in something: what is out cannot be told.
      else if (!isObject(taken) || !wasLent(taken)) lending.mistrust()
    })
    return Reflect.apply(original, self, args)
  }
}
