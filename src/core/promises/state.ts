/** What this room remembers, in one object, so that a test can begin anew. */
import type { PromiseState } from './promise-state.ts'
import type { Watch, WatchedCall } from './promise-watch.ts'

interface PromisesState {
  /** Of the promises that `inspect` has come to. */
  states: PromiseState[]
  /** The objects that they have settled with, by their places in `states`. */
  values: unknown[]
  /** `inspect` has shown the context that it works in. */
  hasContext: boolean

  /** Promises that have not been seen to have settled. */
  watches: Watch[]
  /** Calls that tell by themselves when they end, and have not. */
  calls: WatchedCall[]
  /** Where the next look begins. */
  cursor: number
  /** In how long the next poll comes. */
  pollMs: number
  isPolling: boolean
  /** The young period looks at promises when it ends. */
  isInYoungPeriod: boolean
  /** The promises and calls that engines wait for: one that settles and is collected between two looks would seem to be pending for ever. */
  held: WeakMap<object, Set<object>>
}

/** The next poll comes no sooner. */
export const soonestMs = 50

export function fresh(): PromisesState {
  return {
    states: [],
    values: [],
    hasContext: false,
    watches: [],
    calls: [],
    cursor: 0,
    pollMs: soonestMs,
    isPolling: false,
    isInYoungPeriod: false,
    held: new WeakMap(),
  }
}

export const state: PromisesState = fresh()
