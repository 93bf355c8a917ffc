/** Which test the running code belongs to: asked where an engine starts and where a handle opens. Outside of test runners one comparison. */

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

/** Why a test run leaves alone what it has judged: nobody is told of it again, though it may hold the process. */
export const toldByTests = 'reported already'
/** A warning fails nothing: a timer that ends by itself may be what a file waits for before it goes on. */
export const seenByTests = 'judged already'

type Provider = () => TestScope | null

let provider: Provider | null = null
const ofHandles = new WeakMap<object, TestScope>()

/** From now on `provide` tells whose the running code is. Returns its undo. */
export function followTests(provide: Provider): () => void {
  provider = provide
  return () => {
    if (provider === provide) provider = null
  }
}

/** `null` outside of any test. */
export function currentTest(): TestScope | null {
  return provider === null ? null : provider()
}

/** Remembers in which test a handle was opened: the running one, or that in which it was asked for. */
export function noteTest(resource: object, scope: TestScope | null = currentTest()): void {
  if (scope !== null) ofHandles.set(resource, scope)
}

export function testOfHandle(resource: object): TestScope | null {
  return ofHandles.get(resource) ?? null
}
