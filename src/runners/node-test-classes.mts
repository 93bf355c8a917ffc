/**
 * node:test's own classes. None is exported, but each test, suite and hook is an `AsyncResource`, which async_hooks announces, and
 * runs its function by `runInAsyncScope`: so from Node 18 to 26. To replace what the module exports would give each test leakwatch's
 * place in place of its own.
 */

const { AsyncResource, createHook } = process.getBuiltinModule('node:async_hooks')

/** A test's function, a suite's or a hook's. */
export type Body = (this: unknown, ...args: unknown[]) => unknown

/** A test, suite or hook; the same is the root of all tests. As much of it as is used. */
export interface NodeTest {
  readonly parent: NodeTest | null
  readonly root: NodeTest
  readonly subtests: readonly NodeTest[]
  readonly finished: boolean
  readonly signal: AbortSignal
  readonly abortController: AbortController
  /** Suites: `suite`. */
  readonly reportedType?: string
  /** Hooks: `before`, `afterEach`... */
  readonly hookType?: string
  readonly parentTest?: NodeTest
  readonly loc?: { file: string }
  readonly harness: { teardown(): unknown }
  skipped: boolean
  createSubtest(kind: unknown, name: string, options: object, body: Body, overrides: object): NodeTest
  fail(error: unknown): void
  start(): Promise<void>
  runHook(name: string, args: unknown): Promise<void>
}

/** What is handed to a test, suite or hook. */
export interface NodeTestContext {
  readonly fullName?: string
  /** Since Node 22.6. */
  readonly filePath?: string | null
  after?(body: () => unknown): void
}

/** Calls back once, while the first test, suite or hook is being made: it has its class, and no fields yet. */
export function whenFirstTest(seen: (test: NodeTest) => void): void {
  const hook = createHook({
    init(_asyncId, type, _triggerAsyncId, resource) {
      if (type !== 'Test' || !(resource instanceof AsyncResource) || !('createSubtest' in resource)) return
      hook.disable()
      seen(resource as unknown as NodeTest)
    },
  })
  hook.enable()
}

/** The class that all of them come from. */
export function baseOf(test: NodeTest): NodeTest {
  let base = Object.getPrototypeOf(test) as NodeTest
  while (Object.getPrototypeOf(base) !== AsyncResource.prototype) base = Object.getPrototypeOf(base)
  return base
}

/** From now on `follow` is given the function of each test, suite and hook before it is called, and gives what is called instead. */
export function followBodies(
  base: NodeTest,
  follow: (test: NodeTest, body: Body, context: NodeTestContext) => Body,
): void {
  const { runInAsyncScope } = AsyncResource.prototype
  Object.defineProperty(base, 'runInAsyncScope', {
    value(this: NodeTest, body: Body, context: NodeTestContext, ...args: unknown[]) {
      return Reflect.apply(runInAsyncScope, this, [follow(this, body, context), context, ...args])
    },
    configurable: true,
    writable: true,
    enumerable: false,
  })
}
