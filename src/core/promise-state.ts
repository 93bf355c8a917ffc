/**
 * Reads the state of the program's promises without touching them: a handler attached to one would mark its rejection as
 * handled and hide a crash, and would change the order of microtasks. `util.inspect` reads the state and nothing else: no
 * getter of what the promise settled with runs, no stack is formatted.
 */
import { recordFault } from './faults.ts'

const { inspect, types } = process.getBuiltinModule('node:util')

export type PromiseState = 'fulfilled' | 'rejected' | 'pending'

export const isPromise: (value: unknown) => value is Promise<unknown> = types.isPromise

/**
 * `inspect` is given a list of promises. It says `<pending>` or `<rejected>` through `stylize`, whose receiver is its own
 * context, and asks that whether it is inside of a value already: of each promise as it comes to it, and of what that has
 * settled with. The latter is given out as one that it is inside of, so that it is not looked into. The `null` before the
 * promises is styled first, and brings the context (Node 20 to 26).
 */
let states: PromiseState[] = []
let hasContext = false

const inspectOptions = {
  depth: 2,
  customInspect: false,
  maxArrayLength: Infinity,
  maxStringLength: 0,
  compact: true,
  breakLength: Infinity,
  stylize(this: { seen?: unknown[] } | undefined, text: string): string {
    if (text === 'null' && !hasContext && Array.isArray(this?.seen)) {
      hasContext = true
      Object.defineProperty(this.seen, 'includes', isInside)
    } else if (text === '<pending>') states[states.length - 1] = 'pending'
    else if (text === '<rejected>') states[states.length - 1] = 'rejected'
    return text
  },
}

const isInside = {
  value(this: readonly unknown[]): boolean {
    // In the list itself: the next promise.
    if (this.length > 1) return true
    states.push('fulfilled')
    return false
  },
}

/** The states of native promises, in their order: about a microsecond each where there are many, up to 20 for one. */
export function promiseStates(promises: readonly Promise<unknown>[]): PromiseState[] {
  states = []
  hasContext = false
  try {
    inspect([null, ...promises], inspectOptions)
  } catch (error) {
    recordFault('reading a promise', error)
  }
  const found = states
  states = []
  if (found.length === promises.length) return found
  return promises.length === 1 ? ['rejected'] : promises.map(promiseState)
}

/** The state of a native promise. */
export function promiseState(promise: Promise<unknown>): PromiseState {
  return promiseStates([promise])[0] as PromiseState
}
