/**
 * Tells when promises of the program's have settled. Found late, by 50 ms where promises settle; a report looks at once.
 */
import { later } from './clock.ts'
import type { TargetRef } from './engine-record.ts'
import { type PromiseState, promiseStates } from './promise-state.ts'
import type { Steps } from './steps.ts'
import { YoungTarget } from './youth.ts'

type Settled = Exclude<PromiseState, 'pending'>

interface Watch {
  /** Both held weakly after the second look, or an engine that waits for ever could never be collected. */
  promise: Promise<unknown> | WeakRef<Promise<unknown>>
  /** As long as it lives, so does the promise. */
  engine: TargetRef
  looks: number
  /** It was found to have settled. */
  done: boolean
  settled: (state: Settled) => void
  lost: (() => void) | undefined
}

const soonestMs = 50
/** Where nothing settles the polls grow rare: an engine that starts for an hour is not looked at 20 times a second. */
const latestMs = 800
/** Looks in vain, about a microsecond each, after which a poll ends. */
const looksInVain = 512
const looksAtOnce = 128
/** What settled is looked at once, however much there is: thousands of engines a second leave no backlog behind. */
const looksPerPoll = 5000
/** Of a report. */
const looksPerStep = 1024

let pollMs = soonestMs

let watches: Watch[] = []
let cursor = 0
let isPolling = false

/** A promise that settles and is collected between two looks would seem to be pending for ever. */
const held = new WeakMap<object, Set<Promise<unknown>>>()

/**
 * Calls back once the promise has settled, while `engine` lives; the call comes from a poll, from `lookingAtPromises` or
 * from what is returned, which looks at this one now. `lost`: called instead where both were collected before that.
 */
export function watchPromise(
  promise: Promise<unknown>,
  engine: object,
  settled: (state: Settled) => void,
  lost?: () => void,
): () => void {
  const watch: Watch = { promise, engine: new YoungTarget(engine), looks: 0, done: false, settled, lost }
  watches.push(watch)
  pollMs = soonestMs
  pollLater()
  return () => {
    for (const found of look([watch]).settled) settle(found)
  }
}

interface Found {
  watch: Watch
  state: Settled
}

function settle({ watch, state }: Found): void {
  if (watch.done) return
  watch.done = true
  watch.settled(state)
}

/** Looks at every watched promise now, in steps. */
export function* lookingAtPromises(): Steps<void> {
  // A poll may have ended half way through, or before what came since.
  cursor = 0
  for (let left = watches.length; left > 0; left -= looksPerStep) {
    lookAt(looksPerStep, looksPerStep)
    yield
  }
}

/** Looks at as many as one poll does: what has stopped by the end of youth is over by then. */
export function lookAtSome(): number {
  return watches.length === 0 ? 0 : lookAt(looksPerPoll, looksInVain)
}

function poll(): void {
  isPolling = false
  pollMs = lookAtSome() > 0 ? soonestMs : Math.min(pollMs * 2, latestMs)
  if (watches.length > 0) pollLater()
}

function pollLater(): void {
  if (isPolling) return
  isPolling = true
  later(pollMs, poll)
}

/** Looks on from where the last look ended; how many have settled. */
function lookAt(most: number, mostInVain: number): number {
  const from = cursor >= watches.length ? 0 : cursor
  const last = Math.min(watches.length, from + most)
  const kept = watches.slice(0, from)
  const settled: Found[] = []
  const lost: Watch[] = []
  let until = from
  for (let inVain = 0; until < last && inVain < mostInVain; ) {
    const next = Math.min(last, until + looksAtOnce)
    const found = look(watches.slice(until, next))
    kept.push(...found.pending)
    settled.push(...found.settled)
    lost.push(...found.lost)
    inVain += found.pending.length
    until = next
  }
  cursor = kept.length
  watches = kept.concat(watches.slice(until))
  for (const found of settled) settle(found)
  for (const watch of lost) lose(watch)
  return settled.length
}

function lose(watch: Watch): void {
  watch.done = true
  watch.lost?.()
}

function look(some: readonly Watch[]): { pending: Watch[]; settled: Found[]; lost: Watch[] } {
  const there: Watch[] = []
  const lost: Watch[] = []
  const promises: Promise<unknown>[] = []
  for (const watch of some) {
    const promise = watch.promise instanceof WeakRef ? watch.promise.deref() : watch.promise
    if (watch.done) continue
    if (promise === undefined) {
      lost.push(watch)
      continue
    }
    there.push(watch)
    promises.push(promise)
  }
  const pending: Watch[] = []
  const settled: Found[] = []
  for (const [index, state] of promiseStates(promises).entries()) {
    const watch = there[index] as Watch
    const promise = promises[index] as Promise<unknown>
    watch.looks += 1
    if (state !== 'pending') {
      letGo(watch, promise)
      settled.push({ watch, state })
    } else {
      if (watch.looks === 2) hold(watch, promise)
      pending.push(watch)
    }
  }
  return { pending, settled, lost }
}

function hold(watch: Watch, promise: Promise<unknown>): void {
  const engine = watch.engine.deref()
  watch.promise = new WeakRef(promise)
  if (engine === undefined) return
  watch.engine = new WeakRef(engine)
  const promises = held.get(engine)
  if (promises === undefined) held.set(engine, new Set([promise]))
  else promises.add(promise)
}

function letGo({ engine, looks }: Watch, promise: Promise<unknown>): void {
  const target = looks < 2 ? undefined : engine.deref()
  if (target !== undefined) held.get(target)?.delete(promise)
}
