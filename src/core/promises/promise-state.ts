/**
 * Reads the state of the program's promises without touching them: a handler attached to one would mark its rejection as
 * handled and hide a crash, and would change the order of microtasks. `util.inspect` reads the state and nothing else: no
 * getter of what the promise settled with runs, no stack is formatted.
 */
import { recordFault } from '../self/faults.ts'
import { state } from './state.ts'

const { inspect, types } = process.getBuiltinModule('node:util')

export type PromiseState = 'fulfilled' | 'rejected' | 'pending'

export const isPromise: (value: unknown) => value is Promise<unknown> = types.isPromise

/**
 * `inspect` is given a list of promises. For each it calls `stylize` with `<pending>` or `<rejected>`; the receiver of that call is
 * its context. Before it looks into a value it asks the context's `seen` whether it is inside that value already: `isInside`
 * answers yes for what a promise has settled with, so that nothing looks into that. The `null` before the promises is styled first,
 * which gives the context away (Node 20 to 26).
 */
const inspectOptions = {
  depth: 2,
  customInspect: false,
  maxArrayLength: Infinity,
  maxStringLength: 0,
  compact: true,
  breakLength: Infinity,
  stylize(this: { seen?: unknown[] } | undefined, text: string): string {
    if (text === 'null' && !state.hasContext && Array.isArray(this?.seen)) {
      state.hasContext = true
      Object.defineProperty(this.seen, 'includes', isInside)
    } else if (text === '<pending>') state.states[state.states.length - 1] = 'pending'
    else if (text === '<rejected>') state.states[state.states.length - 1] = 'rejected'
    noteValue(undefined)
    return text
  },
}

/** What `inspect` comes to first is what the promise has settled with; what comes after it are properties of the promise's own. */
function noteValue(value: unknown): void {
  if (state.values.length < state.states.length) state.values.push(value)
}

const isInside = {
  value(this: readonly unknown[], value: unknown): boolean {
    if (this.length > 1) {
      noteValue(value)
      return true
    }
    // In the list itself: the next promise.
    state.states.push('fulfilled')
    return false
  },
}

/** The states of native promises, in their order: about a microsecond each where there are many, up to 20 for one. */
export function promiseStates(promises: readonly Promise<unknown>[]): PromiseState[] {
  state.states = []
  state.values = []
  state.hasContext = false
  try {
    inspect([null, ...promises], inspectOptions)
  } catch (error) {
    recordFault('reading a promise', error)
  }
  const found = state.states
  state.states = []
  if (found.length === promises.length) return found
  return promises.length === 1 ? ['rejected'] : promises.map(promiseState)
}

/** The state of a native promise. */
export function promiseState(promise: Promise<unknown>): PromiseState {
  return promiseStates([promise])[0] as PromiseState
}

/** What a native promise was fulfilled with, if that is an object or a function: see `promiseStates`. */
export interface PromiseResult {
  readonly state: PromiseState
  readonly value: unknown
}

export function promiseResults(promises: readonly Promise<unknown>[]): PromiseResult[] {
  const states = promiseStates(promises)
  const { values } = state
  state.values = []
  return states.map((each, index) => ({
    state: each,
    value: each === 'fulfilled' && promises.length === states.length ? values[index] : undefined,
  }))
}
