/**
 * Tells whether a promise of the program's has settled, without touching it: a handler attached to it would mark
 * its rejection as handled and hide a crash, and would change the order of microtasks. `util.inspect` reads the
 * state and nothing else: no getter of what the promise settled with runs, no stack is formatted. Found late, by
 * 50 ms where promises settle; a report looks at once.
 */
import { inspect, types } from 'node:util'
import { later } from './clock.ts'
import { recordFault } from './faults.ts'

type Settled = 'fulfilled' | 'rejected'

interface Watch {
  /** Held weakly after the second look, or an engine that waits for ever could never be collected. */
  promise: Promise<unknown> | WeakRef<Promise<unknown>>
  /** The engine: as long as it lives, so does the promise. */
  engine: WeakRef<object>
  looks: number
  /** It was found to have settled. */
  done: boolean
  settled: (state: Settled) => void
}

const soonestMs = 50
/** Where nothing settles the polls grow rare: an engine that starts for an hour is not looked at 20 times a second. */
const latestMs = 800
/** Looks in vain: 6 µs each on Node 24, some 20 on Node 20. A poll stays at about a millisecond where nothing settles. */
const looksPerPoll = 50
/** What settled is looked at once, however much there is: thousands of engines a second leave no backlog behind. */
const looksAtMost = 5000

let pollMs = soonestMs

let watches: Watch[] = []
let cursor = 0
let isPolling = false

export const isPromise: (value: unknown) => value is Promise<unknown> = types.isPromise

/** A promise that settles and is collected between two looks would seem to be pending for ever. */
const held = new WeakMap<object, Set<Promise<unknown>>>()

/**
 * Calls back once the promise has settled, while `engine` lives; the call comes from a poll, from `lookAtPromises` or
 * from what is returned, which looks at this one now.
 */
export function watchPromise(
  promise: Promise<unknown>,
  engine: object,
  settled: (state: Settled) => void,
): () => void {
  const watch: Watch = { promise, engine: new WeakRef(engine), looks: 0, done: false, settled }
  watches.push(watch)
  pollMs = soonestMs
  pollLater()
  return () => {
    const state = look(watch)
    if (state === 'fulfilled' || state === 'rejected') settle(watch, state)
  }
}

function settle(watch: Watch, state: Settled): void {
  if (watch.done) return
  watch.done = true
  watch.settled(state)
}

/** Looks at every watched promise now. */
export function lookAtPromises(): void {
  // A poll may have ended half way through, or before what came since.
  cursor = 0
  lookAt(watches.length)
}

function poll(): void {
  isPolling = false
  pollMs = lookAt(looksPerPoll) > 0 ? soonestMs : Math.min(pollMs * 2, latestMs)
  if (watches.length > 0) pollLater()
}

function pollLater(): void {
  if (isPolling) return
  isPolling = true
  later(pollMs, poll)
}

/** How many have settled. */
function lookAt(count: number): number {
  const settled: { watch: Watch; state: Settled }[] = []
  const from = cursor >= watches.length ? 0 : cursor
  const kept: Watch[] = watches.slice(0, from)
  const last = Math.min(watches.length, from + Math.max(count, looksAtMost))
  let until = from
  for (let vain = 0; until < last && vain < count; until += 1) {
    const watch = watches[until] as Watch
    const state = look(watch)
    if (state === 'pending') {
      kept.push(watch)
      vain += 1
    } else if (state !== 'gone') settled.push({ watch, state })
  }
  cursor = kept.length
  for (let index = until; index < watches.length; index += 1) kept.push(watches[index] as Watch)
  watches = kept
  for (const { watch, state } of settled) settle(watch, state)
  return settled.length
}

function look(watch: Watch): Settled | 'pending' | 'gone' {
  if (watch.done) return 'gone'
  const promise = watch.promise instanceof WeakRef ? watch.promise.deref() : watch.promise
  if (promise === undefined) return 'gone'
  const state = promiseState(promise)
  watch.looks += 1
  if (state !== 'pending') letGo(watch, promise)
  else if (watch.looks === 2) hold(watch, promise)
  return state
}

function hold(watch: Watch, promise: Promise<unknown>): void {
  watch.promise = new WeakRef(promise)
  const engine = watch.engine.deref()
  if (engine === undefined) return
  const promises = held.get(engine)
  if (promises === undefined) held.set(engine, new Set([promise]))
  else promises.add(promise)
}

function letGo({ engine }: Watch, promise: Promise<unknown>): void {
  const target = engine.deref()
  if (target !== undefined) held.get(target)?.delete(promise)
}

/**
 * `inspect` says `<pending>` or `<rejected>` through `stylize`, whose receiver is its own context. There the value is
 * given out for one that it is inside of already, so that it is not looked into. The `null` before the promise
 * is styled first, and brings the context (Node 20 to 26).
 */
const looking = {
  pair: [null, null] as [null, Promise<unknown> | null],
  hasContext: false,
  mark: '',
}

const inspectOptions = {
  depth: 2,
  customInspect: false,
  maxArrayLength: 2,
  maxStringLength: 0,
  compact: true,
  breakLength: Infinity,
  stylize(this: { seen?: unknown[] } | undefined, text: string): string {
    if (text === 'null' && !looking.hasContext && Array.isArray(this?.seen)) {
      looking.hasContext = true
      Object.defineProperty(this.seen, 'includes', isInside)
    } else if (looking.mark === '' && (text === '<pending>' || text === '<rejected>')) looking.mark = text
    return text
  },
}

const isInside = { value: (value: unknown) => value !== looking.pair && value !== looking.pair[1] }

/** The state of a native promise. */
export function promiseState(promise: Promise<unknown>): Settled | 'pending' {
  looking.pair[1] = promise
  looking.hasContext = false
  looking.mark = ''
  try {
    inspect(looking.pair, inspectOptions)
  } catch (error) {
    recordFault('reading a promise', error)
    return 'rejected'
  } finally {
    looking.pair[1] = null
  }
  if (looking.mark === '<pending>') return 'pending'
  return looking.mark === '<rejected>' ? 'rejected' : 'fulfilled'
}
