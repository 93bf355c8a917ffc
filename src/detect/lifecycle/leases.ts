/** Leases of libraries' engines: how each kind of engine is asked, gives one out and takes it back. */
import { startAtOnce } from '../../core/engines/life.ts'
import { engineOf } from '../../core/engines/objects.ts'
import { recordEngine } from '../../core/engines/record-engine.ts'
import { noteWaiting } from '../../core/engines/waiting.ts'
import { isPromise } from '../../core/promises/promise-state.ts'
import type { EngineRecord, LibraryTraits } from '../../core/records/engine-record.ts'
import type { Waiting } from '../../core/records/waiting.ts'
import { attempt, recordFault } from '../../core/self/faults.ts'
import type { AskByCallback, AskByObject, AskByResult, Lease } from '../libraries/library.ts'
import { Lending, type Loan } from './lending.ts'
import { aroundLibraryWork } from './library-calls.ts'
import { itemOf, noteCalled, noteLent, PromisedLoans } from './promised-loans.ts'
import { isObject } from './recognition.ts'
import { makeStamp } from './stamps.ts'
import { type AnyFunction, type Around, wrapProperty } from './wrap.ts'

interface Lent {
  /** `pg.Pool` */
  readonly name: string
  readonly package: string
  readonly traits: LibraryTraits
}

type Wrap = (key: string, around: Around) => void
type Fields = Readonly<Record<string, unknown>>

function queueOf(engine: unknown, key: string): unknown[] | null {
  const queue = Object.getOwnPropertyDescriptor(engine, key)?.value
  return Array.isArray(queue) ? queue : null
}

/** `wrap` wraps a method of `prototype`. */
export function followLeases(
  prototype: object,
  lease: Lease,
  { name: lender, package: packageName, traits }: Lent,
  wrap: Wrap,
): Lending | null {
  const { take, inside, ask: asking, returned } = lease
  const others = 'queue' in asking ? [asking.handedTo, asking.givenBy] : []
  const methods = [take, ...returned.by, ...others]
  if (methods.some((key) => typeof Object.getOwnPropertyDescriptor(prototype, key)?.value !== 'function'))
    return null
  const { isOut, isOver, takers } = lease
  const lending = new Lending({
    name: lease.name,
    origin: 'library',
    package: packageName,
    traits: {
      ...traits,
      stopCall: lease.stopCall,
      forcedCall: null,
      isUnanswered: () => false,
      detail: () => ({}),
    },
    start: take,
    stop: lease.stop,
    depth: lease.depth ?? 1,
    ...(isOut === undefined ? {} : { isOut: (taken: object) => isOut(taken as Fields) }),
    ...(isOver === undefined ? {} : { isOver: (taken: object) => isOver(taken as Fields) }),
  })
  let isInside = false

  for (const method of inside)
    wrap(method, (original, self, args) => {
      const before = isInside
      isInside = true
      try {
        return Reflect.apply(original, self, args)
      } finally {
        isInside = before
      }
    })

  const plan = () => (isInside ? null : lending.plan())
  if ('queue' in asking) followAsks(asking)
  else if ('callback' in asking) followCallbacks(asking)
  else followResults(asking)

  function followAsks({ queue, handedTo, givenBy, lease: leaseAt, ask: askAt }: AskByObject): void {
    const asks = makeStamp<Loan>()
    /** Those that the engine's own calls wait with. */
    const own = makeStamp<{ readonly since: number }>()
    /** The call that is on the stack. */
    let current: Loan | null = null

    const taking: Around = (original, self, args, _entry, plan) => {
      const record = engineOf(self)
      if (record === undefined) return Reflect.apply(original, self, args)
      const before = current
      const isAwaited = isFull(self)
      if (isInside && !isAwaited) return Reflect.apply(original, self, args)
      const latest = queueOf(self, queue)?.at(-1)
      const loan = lending.ask(record, plan)
      current = isInside ? null : loan
      try {
        return Reflect.apply(original, self, args)
      } finally {
        const last = queueOf(self, queue)?.at(-1)
        if (last !== latest && isObject(last)) {
          if (isInside) own.set(last, loan)
          else if (current !== null) asks.set(last, current)
          if (isAwaited) noteCallers(record, () => waitingIn(record))
        }
        current = before
      }
    }
    taking.plan = plan
    wrap(take, taking)

    wrap(handedTo, (original, self, args, entry) => {
      const [request] = args
      if (current !== null && isObject(request)) asks.set(request, current)
      const before = current
      current = null
      try {
        return aroundLibraryWork(original, self, args, entry, null)
      } finally {
        current = before
      }
    })

    wrap(givenBy, (original, self, args) => {
      try {
        const request = args[askAt]
        const loan = isObject(request) ? asks.get(request) : undefined
        const taken = args[leaseAt]
        if (loan !== undefined && isObject(taken)) lending.lend(loan, taken)
      } catch (error) {
        recordFault('a lease', error)
      }
      return Reflect.apply(original, self, args)
    })

    function waitingIn(record: EngineRecord): Waiting | null {
      const pool = record.target?.deref()
      const waiting = queueOf(pool, queue)?.filter(isObject) ?? []
      const known = waiting.flatMap((each) => asks.get(each) ?? own.get(each) ?? [])
      return waitingOf(pool, known, waiting.length)
    }
  }

  function followCallbacks({ callback: callbackAt, lease: leaseAt, item }: AskByCallback): void {
    const ours = new WeakSet<object>()
    const waiting = makeStamp<Set<Loan>>()
    const taking: Around = (original, self, args, entry, plan) => {
      const callback = args[callbackAt]
      const record = engineOf(self) ?? null
      if (typeof callback !== 'function' || ours.has(callback) || (record === null && takers === undefined))
        return aroundLibraryWork(original, self, args, entry, null)
      const isOwn = isInside
      const isAwaited = lease.isFull === undefined ? !isOwn : isFull(self)
      if (isOwn && !isAwaited) return aroundLibraryWork(original, self, args, entry, null)
      const loan = lending.ask(record, plan)
      let callers: Set<Loan> | null = null
      const told = function (this: unknown, ...given: unknown[]): unknown {
        try {
          callers?.delete(loan)
          callers = none
          const taken = item === undefined ? given[leaseAt] : itemOf(given[leaseAt], item)
          if (!isOwn && isObject(taken)) lend(loan, taken)
        } catch (error) {
          recordFault('a lease', error)
        }
        return Reflect.apply(callback as AnyFunction, this, given)
      }
      ours.add(told)
      const result = aroundLibraryWork(original, self, args.with(callbackAt, told), entry, null)
      if (callers === null && isAwaited && record !== null) {
        callers = callersOf(self as object)
        callers.add(loan)
        const all = callers
        noteCallers(record, () => waitingOf(record.target?.deref(), [...all], all.size))
      }
      return result
    }
    taking.plan = (_self, args) => (typeof args[callbackAt] === 'function' ? plan() : null)
    wrap(take, taking)

    function callersOf(self: object): Set<Loan> {
      const known = waiting.get(self) ?? new Set()
      waiting.set(self, known)
      return known
    }
  }

  function followResults({ promise: key, item }: AskByResult): void {
    const promised = makeStamp<PromisedLoans>()
    const taking: Around = (original, self, args, entry, plan) => {
      if (isInside) return aroundLibraryWork(original, self, args, entry, null)
      const from = isObject(self) ? self : prototype
      const record = engineOf(lease.lender === undefined ? from : lease.lender(from as Fields)) ?? null
      const loan = lending.ask(record, plan)
      const isAwaited = lease.isFull === undefined ? record !== null : isFull(self)
      const result = aroundLibraryWork(original, self, args, entry, null)
      try {
        const promise = key === null ? result : Object.getOwnPropertyDescriptor(result ?? {}, key)?.value
        if (isPromise(promise)) {
          const loans =
            promised.get(from) ?? new PromisedLoans(lending, item ?? null, returned.lease === null)
          promised.set(from, loans)
          loans.add(loan, promise)
          if (isAwaited) {
            const lender = record ?? lenderOf(from, loan, loans)
            noteCallers(lender, () => waitingOf(from, loans.waiting()))
          }
        } else if (isObject(result)) lend(loan, result)
      } catch (error) {
        recordFault('a lease', error)
      }
      return result
    }
    taking.plan = plan
    wrap(take, taking)
    let isReleasing = false
    for (const method of returned.by)
      wrap(method, (original, self, args) => {
        const loans = isObject(self) ? promised.get(self) : undefined
        if (returned.lease !== null) giveBack(args[returned.lease], loans)
        else if (!isReleasing) attempt('a lease', () => loans?.giveBackOldest())
        return Reflect.apply(original, self, args)
      })
    if (lease.releasers === undefined) return
    wrap(lease.releasers, (original, self, args) => {
      const made = Reflect.apply(original, self, args) as AnyFunction
      return asReleaser(made, (release) => {
        const before = isReleasing
        isReleasing = true
        try {
          return release()
        } finally {
          isReleasing = before
        }
      })
    })
  }

  /** What lends and is no engine has a record while callers wait. */
  function lenderOf(self: object, { stack }: Loan, loans: PromisedLoans): EngineRecord {
    const known = engineOf(self)
    if (known !== undefined) return known
    const record: EngineRecord = recordEngine(self, {
      ...{ name: lender, origin: 'library', package: packageName, start: take, stop: lease.stop },
      ...{ created: stack, traits: { ...traits, isLender: true } },
      isDormant: () => record.waiting?.() === null,
    })
    startAtOnce(record)
    loans.adoptBy(record)
    return record
  }

  function isFull(self: unknown): boolean {
    try {
      return lease.isFull?.(self as Fields) === true
    } catch (error) {
      recordFault('a lease', error)
      return false
    }
  }

  function waitingOf(
    pool: object | undefined,
    callers: readonly { readonly since: number }[],
    count: number = callers.length,
  ): Waiting | null {
    if (callers.length === 0 || pool === undefined) return null
    const limitMs = limitOf(pool)
    return { count, since: Math.min(...callers.map(({ since }) => since)), limitMs }
  }

  function noteCallers(record: EngineRecord, waiting: () => Waiting | null): void {
    record.waiting ??= waiting
    noteWaiting(limitOf(record.target?.deref()))
  }

  function limitOf(pool: object | undefined): number | null {
    return pool === undefined ? null : (lease.limitMs?.(pool as Fields) ?? null)
  }

  function giveBack(taken: unknown, promised?: PromisedLoans): void {
    try {
      if (!lending.giveBack(taken)) promised?.giveBack(taken)
    } catch (error) {
      recordFault('a lease', error)
    }
  }

  function lend(loan: Loan, taken: object): void {
    for (const end of lease.ends ?? []) lending.endBy(taken, end)
    noteLent(taken, lending)
    lending.lend(loan, taken)
  }

  if ('promise' in asking) return lending
  const { lease: returnedAt } = returned
  for (const method of returned.by)
    wrap(method, (original, self, args) => {
      giveBack(args[returnedAt ?? 0])
      return Reflect.apply(original, self, args)
    })
  return lending
}

/** The same function, whose calls give back what it is. `around` makes the call. */
export function asReleaser(
  release: AnyFunction,
  around: (call: () => unknown) => unknown = (call) => call(),
): AnyFunction {
  if (typeof release !== 'function') return release
  const made = { [released]: release }
  wrapProperty(made, released, (original, self, args) => {
    attempt('a lease', () => noteCalled(made[released] as AnyFunction))
    return around(() => Reflect.apply(original, self, args))
  })
  return made[released] as AnyFunction
}

/** Of a call that was answered at once. */
const none: Set<Loan> = new Set()
/** Under a symbol: a function is then no Proxy, of which a promise would show what is behind it. */
const released = Symbol('released')
