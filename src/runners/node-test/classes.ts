/**
 * node:test's own classes, which are not exported. In Node 20 to 26 each test, suite and hook is an `AsyncResource`: async_hooks
 * announces it, and its function runs by `runInAsyncScope`. leakwatch does not replace the exports of the module: node:test would say
 * that each test is defined in leakwatch, and the stacks of errors would have its frames.
 */

import { AsyncResource, createHook } from 'node:async_hooks'
import { whenCalled } from '../session/when-called.ts'

/** A test, suite or hook, or the root of all: the parts that leakwatch uses. */
export interface NodeTest extends AsyncResource {
  readonly parent: NodeTest | null
  readonly root: NodeTest
  readonly subtests: readonly NodeTest[]
  readonly hooks: { readonly after: readonly NodeTest[] }
  readonly finished: boolean
  readonly error: unknown
  readonly isTodo?: boolean
  readonly abortController: AbortController
  /** `suite` for suites. */
  readonly reportedType?: string
  /** For hooks: `before`, `afterEach`... */
  readonly hookType?: string
  readonly parentTest?: NodeTest
  readonly loc?: { file: string }
  readonly harness: { teardown(): unknown }
  /** For the root: the file that is being loaded; since Node 22.6. */
  entryFile?: string | null
  skipped: boolean
  createSubtest(...args: unknown[]): NodeTest
  getRunArgs(): { ctx: NodeTestContext }
  processPendingSubtests(): unknown
  fail(error: unknown): void
  run(): Promise<void>
  start(): Promise<void>
  runHook(name: string, args: unknown): Promise<void>
}

/** What the function of a test, suite or hook gets. */
export interface NodeTestContext {
  readonly fullName?: string
  readonly filePath?: string | null
  after?(body: () => unknown): void
}

/** Calls `found` once, while the first test, suite or hook is being made. It has its class then, but no fields yet. */
export function whenFirstTest(found: (test: NodeTest) => void): void {
  const hook = createHook({
    init(_asyncId, type, _triggerAsyncId, resource) {
      if (type !== 'Test' || !(resource instanceof AsyncResource) || !('createSubtest' in resource)) return
      hook.disable()
      found(resource as NodeTest)
    },
  })
  hook.enable()
}

interface Listeners {
  /** Called before the function of a test, suite or hook. It may change the context of that function. */
  aboutToRun(test: NodeTest): void
  /** Called while a test or suite is being defined. */
  beingDefined(): void
}

/** From now on the listeners are called for all tests, suites and hooks. */
export function followTests(test: NodeTest, { aboutToRun, beingDefined }: Listeners): void {
  const base = baseOf(test)
  whenCalled(base, 'runInAsyncScope', aboutToRun)
  whenCalled(base, 'createSubtest', beingDefined)
}

/** Calls `ended` each time that a test of the root has ended. */
export function followTestEnds(root: NodeTest, ended: () => void): void {
  whenCalled(root, 'processPendingSubtests', ended)
}

/** The base class of all of them. */
function baseOf(test: NodeTest): NodeTest {
  let base = Object.getPrototypeOf(test) as NodeTest
  while (Object.getPrototypeOf(base) !== AsyncResource.prototype) base = Object.getPrototypeOf(base)
  return base
}

/** Calls `body` after the last `after` hook of a test or of the root, even if one failed, and even if there is none. */
export function afterHooks(
  test: NodeTest,
  addHook: (hook: () => void) => void,
  body: () => Promise<void>,
): void {
  const { runHook } = test
  test.runHook = async (name, args) => {
    try {
      await Reflect.apply(runHook, test, [name, args])
    } finally {
      if (name === 'after') await body()
    }
  }
  // Without any hook, `runHook` is not called.
  addHook(() => {})
}
