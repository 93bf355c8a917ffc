/**
 * node:test's own classes. None is exported, but each test, suite and hook is an `AsyncResource`, which async_hooks announces, and
 * runs its function by `runInAsyncScope`: so in Node 20 to 26. Were the exports of the module replaced, each test would be said to be
 * defined in leakwatch, and have its frames in the stacks of its errors.
 */

import { AsyncResource, createHook } from 'node:async_hooks'
import { whenCalled } from './when-called.ts'

/** A test, suite or hook, or the root of all. As much of it as is used. */
export interface NodeTest extends AsyncResource {
  readonly parent: NodeTest | null
  readonly root: NodeTest
  readonly subtests: readonly NodeTest[]
  readonly hooks: { readonly after: readonly NodeTest[] }
  readonly finished: boolean
  readonly error: unknown
  readonly isTodo?: boolean
  readonly abortController: AbortController
  /** Suites: `suite`. */
  readonly reportedType?: string
  /** Hooks: `before`, `afterEach`... */
  readonly hookType?: string
  readonly parentTest?: NodeTest
  readonly loc?: { file: string }
  readonly harness: { teardown(): unknown }
  /** Of the root, the file that is being loaded; since Node 22.6. */
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

/** What is handed to a test, suite or hook. */
export interface NodeTestContext {
  readonly fullName?: string
  readonly filePath?: string | null
  after?(body: () => unknown): void
}

/** Calls back once, while the first test, suite or hook is being made: it has its class, and no fields yet. */
export function whenFirstTest(seen: (test: NodeTest) => void): void {
  const hook = createHook({
    init(_asyncId, type, _triggerAsyncId, resource) {
      if (type !== 'Test' || !(resource instanceof AsyncResource) || !('createSubtest' in resource)) return
      hook.disable()
      seen(resource as NodeTest)
    },
  })
  hook.enable()
}

interface Listeners {
  /** Called before the function of a test, suite or hook is; it may change the context in which that will run. */
  aboutToRun(test: NodeTest): void
  /** Called by who defines a test or suite. */
  beingDefined(): void
}

/** From now on all of them tell. */
export function followTests(test: NodeTest, { aboutToRun, beingDefined }: Listeners): void {
  const base = baseOf(test)
  whenCalled(base, 'runInAsyncScope', aboutToRun)
  whenCalled(base, 'createSubtest', beingDefined)
}

/** Tells the root's listener of each of its tests that has ended. */
export function followEnds(root: NodeTest, ended: () => void): void {
  whenCalled(root, 'processPendingSubtests', ended)
}

/** The class that all of them come from. */
function baseOf(test: NodeTest): NodeTest {
  let base = Object.getPrototypeOf(test) as NodeTest
  while (Object.getPrototypeOf(base) !== AsyncResource.prototype) base = Object.getPrototypeOf(base)
  return base
}

/** Calls `body` after the last `after` hook of a test or of the root, whatever came of them. It is run even if there is no other. */
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
  // Without one `runHook` is not called.
  addHook(() => {})
}
