/** Which test the running code belongs to: asked where an engine starts and where a handle opens. Outside of test runners one comparison. */

import { state } from './state.ts'

/** A test or hook; or a file, for what its import starts. */
export interface TestScope {
  readonly file: string
  /** Of the test or suite, with those around it; `null`: of the whole file. */
  readonly name: string | null
  /** `beforeAll`, `afterEach`...; `null`: none. */
  readonly hook: string | null
  /** Why what it starts may stay, where it said so. */
  allowed: string | null
}

/** Why a test run leaves alone what it has reported: it is not reported again, though it may hold the process. */
export const reportedByTests = 'reported already'
/** The same of what it has judged and found to be no leak: a timer that ends by itself may be what a file waits for before it goes on. */
export const judgedByTests = 'judged already'

/** From now on `current` says in which test the running code is. Returns its undo. */
export function followTests(current: () => TestScope | null): () => void {
  state.currentTest = current
  return () => {
    if (state.currentTest === current) state.currentTest = null
  }
}

/** `null` outside of any test. */
export function currentTest(): TestScope | null {
  const { currentTest: current } = state
  return current === null ? null : current()
}

/** Notes in which test a handle was opened: the running one, or that in which it was asked for. */
export function noteTest(resource: object, scope: TestScope | null = currentTest()): void {
  if (scope !== null) state.testsOfHandles.set(resource, scope)
}

export function testOfHandle(resource: object): TestScope | null {
  return state.testsOfHandles.get(resource) ?? null
}
