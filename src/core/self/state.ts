/** What this room remembers, in one object, so that a test can begin anew. */
export type AnyFunction = (...args: never[]) => unknown

interface SelfState {
  /** How often each different error of leakwatch's own came. */
  faults: Map<string, number>
  /** What leakwatch cannot see of the program, one line each. */
  notCovered: Set<string>
  /** The functions that wrappers of leakwatch's stand for. */
  originals: WeakMap<object, AnyFunction>
}

export function fresh(): SelfState {
  return { faults: new Map(), notCovered: new Set(), originals: new WeakMap() }
}

export const state: SelfState = fresh()
