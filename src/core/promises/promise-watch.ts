/**
 * Finds out when promises of the program's have settled: up to 50 ms late while promises settle; a report looks at once.
 */

import type { EngineRecord, TargetRef } from '../records/engine-record.ts'
import { later } from '../time/clock.ts'
import type { Steps } from '../time/steps.ts'
import { doFirst, YoungTarget } from '../time/young-period.ts'
import { type PromiseState, promiseStates } from './promise-state.ts'
import { soonestMs, state } from './state.ts'

type Settled = Exclude<PromiseState, 'pending'>

export interface Watch {
  /** Both held weakly after the second look, or an engine that waits for ever could never be collected. */
  promise: Promise<unknown> | WeakRef<Promise<unknown>>
  /** As long as it lives, so does the promise. */
  engine: TargetRef
  looks: number
  /** It was found to have settled. */
  done: boolean
  settled: (outcome: Settled) => void
  lost: (() => void) | undefined
}

/** Where nothing settles the polls grow rare: an engine that starts for an hour is not looked at 20 times a second. */
const latestMs = 800
/** Looks in vain, about a microsecond each, after which a poll ends. */
const looksInVain = 512
const looksAtOnce = 128
/** What settled is looked at once, however much there is: thousands of engines a second leave no backlog behind. */
const looksPerPoll = 5000
/** Of a report. */
const looksPerStep = 1024

/**
 * Calls back once the promise has settled, while `engine` lives; the call comes from a poll, from `lookingAtPromises` or
 * from what is returned, which looks at this one now. `lost`: called instead where both were collected before that.
 */
export function watchPromise(
  promise: Promise<unknown>,
  engine: object,
  settled: (outcome: Settled) => void,
  lost?: () => void,
): () => void {
  const watch: Watch = { promise, engine: new YoungTarget(engine), looks: 0, done: false, settled, lost }
  state.watches.push(watch)
  lookSoon()
  return () => {
    for (const found of look([watch]).settled) announce(found)
  }
}

function lookSoon(): void {
  state.pollMs = soonestMs
  pollLater()
  // What has stopped by the end of the young period is over by then.
  if (!state.isInYoungPeriod) doFirst({ name: 'looking at promises', run: lookAtSome })
  state.isInYoungPeriod = true
}

/** A call of a method of `self` that tells by itself when it has ended. */
export interface OpenCall {
  readonly self: object
}

export interface WatchedCall {
  /** Held weakly after the first look; as long as the engine lives, so does the call. */
  call: OpenCall | WeakRef<OpenCall>
  record: EngineRecord
  lost: (record: EngineRecord) => void
  /** Its place among those that are watched. */
  at: number
}

/** Calls back once a call that waits was collected, with its engine: it will never end. What it gives is for `callEnded`. */
export function watchCall(
  call: OpenCall,
  record: EngineRecord,
  lost: (record: EngineRecord) => void,
): WatchedCall {
  const watched = { call, record, lost, at: state.calls.length }
  state.calls.push(watched)
  lookSoon()
  return watched
}

/** Most end before anybody has looked: until the next look thousands of them would be kept from being collected. */
export function callEnded(watched: WatchedCall, call: OpenCall): void {
  remove(watched)
  if (watched.call !== call) state.held.get(call.self)?.delete(call)
}

/** The last takes its place. */
function remove(watched: WatchedCall): void {
  const { calls } = state
  const last = calls.pop()
  if (last === undefined || last === watched) return
  calls[watched.at] = last
  last.at = watched.at
}

function lookAtCalls(): void {
  for (const watched of state.calls.slice()) {
    const { call, record, lost } = watched
    const open = call instanceof WeakRef ? call.deref() : call
    if (open === undefined) {
      remove(watched)
      lost(record)
    } else if (open === call) {
      watched.call = new WeakRef(open)
      keep(open.self, open)
    }
  }
}

/** As long as `engine` lives, so does this. */
function keep(engine: object, what: object): void {
  const held = state.held.get(engine)
  if (held === undefined) state.held.set(engine, new Set([what]))
  else held.add(what)
}

interface Found {
  watch: Watch
  outcome: Settled
}

function announce({ watch, outcome }: Found): void {
  if (watch.done) return
  watch.done = true
  watch.settled(outcome)
}

/** Looks at every watched promise now, in steps. */
export function* lookingAtPromises(): Steps<void> {
  lookAtCalls()
  // A poll may have ended half way through, or before what came since.
  state.cursor = 0
  for (let left = state.watches.length; left > 0; left -= looksPerStep) {
    lookAt(looksPerStep, looksPerStep)
    yield
  }
}

/** Looks at as many as one poll does; how many have settled. */
function lookAtSome(): number {
  lookAtCalls()
  return state.watches.length === 0 ? 0 : lookAt(looksPerPoll, looksInVain)
}

function poll(): void {
  state.isPolling = false
  state.pollMs = lookAtSome() > 0 ? soonestMs : Math.min(state.pollMs * 2, latestMs)
  if (state.watches.length + state.calls.length > 0) pollLater()
}

function pollLater(): void {
  if (state.isPolling) return
  state.isPolling = true
  later(state.pollMs, poll)
}

/** Looks on from where the last look ended; how many have settled. */
function lookAt(most: number, mostInVain: number): number {
  const { watches } = state
  const from = state.cursor >= watches.length ? 0 : state.cursor
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
  state.cursor = kept.length
  state.watches = kept.concat(watches.slice(until))
  for (const found of settled) announce(found)
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
  for (const [index, outcome] of promiseStates(promises).entries()) {
    const watch = there[index] as Watch
    const promise = promises[index] as Promise<unknown>
    watch.looks += 1
    if (outcome !== 'pending') {
      letGo(watch, promise)
      settled.push({ watch, outcome })
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
  keep(engine, promise)
}

function letGo({ engine, looks }: Watch, promise: Promise<unknown>): void {
  const target = looks < 2 ? undefined : engine.deref()
  if (target !== undefined) state.held.get(target)?.delete(promise)
}
