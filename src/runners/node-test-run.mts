/** node:test's run in this process: whose code runs, and when it is judged. */
import { ownModule } from '../own-modules.mts'
import { type Body, baseOf, followBodies, type NodeTest, type NodeTestContext } from './node-test-classes.mts'
import { addFailure } from './node-test-failure.mts'
import type { TestScope, TestSession } from './session.ts'

const { attempt, recordFault } = ownModule('core/faults.js') as typeof import('../core/faults.ts')
const { watchRunEnd } = ownModule('runners/run-end.js') as typeof import('./run-end.ts')
const { AsyncResource } = process.getBuiltinModule('node:async_hooks')

/** Code that calls this runs in no test: node:test takes what it registers for the root's. */
const outside = new AsyncResource('LEAKWATCH', { triggerAsyncId: 0 })

/** Watches from the first test on, which is being made. `main`: the file that Node was told to run. */
export function watchRun(session: TestSession, first: NodeTest, main: string): void {
  const run = new Run(session, main)
  followBodies(baseOf(first), (test, body, context) => run.follow(test, body, context))
  queueMicrotask(() =>
    attempt('finding the root of all tests', () => run.begin((first.parentTest ?? first).root)),
  )
}

class Run {
  readonly #session: TestSession
  readonly #main: string
  readonly #scopes = new WeakMap<NodeTest, TestScope>()
  #judging: Promise<void> = Promise.resolve()
  #isOver = false
  #hasSummedUp = false

  constructor(session: TestSession, main: string) {
    this.#session = session
    this.#main = main
  }

  /**
   * The root runs its `after` hooks each time that all tests known so far have ended, whatever still holds the process: no
   * `beforeExit` comes where a leak does. It has to have one.
   */
  begin(root: NodeTest): void {
    outside.runInAsyncScope(() => process.getBuiltinModule('node:test').after(() => {}))
    const { runHook } = root
    root.runHook = async (name, args) => {
      try {
        await Reflect.apply(runHook, root, [name, args])
      } finally {
        if (name === 'after') await this.#judge(root)
      }
    }
  }

  follow(test: NodeTest, body: Body, context: NodeTestContext): Body {
    const scope = this.#scopeOf(test, context)
    if (scope === null) return body
    const session = this.#session
    return function (...args) {
      return session.run(scope, () => Reflect.apply(body, this, args))
    }
  }

  /** `null`: that of the file. */
  #scopeOf(test: NodeTest, context: NodeTestContext): TestScope | null {
    if (test.hookType === undefined && (test.parent === null || test.reportedType === 'suite')) return null
    let scope = this.#scopes.get(test)
    if (scope === undefined || test.hookType !== undefined) {
      const file = context.filePath ?? test.loc?.file ?? this.#main
      scope = { file, name: nameOf(context), hook: test.hookType ?? null, allowed: null }
      this.#scopes.set(test, scope)
    }
    return scope
  }

  #judge(root: NodeTest): Promise<void> {
    this.#judging = this.#judging
      .then(() => this.#judgeNow(root))
      .catch((error: unknown) => recordFault('judging tests', error))
    return this.#judging
  }

  async #judgeNow(root: NodeTest): Promise<void> {
    // Whatever comes later is judged when it has ended.
    const hasEnded = (): boolean => root.subtests.every(({ finished }) => finished)
    if (!hasEnded()) return
    const leaks = await this.#session.judge(hasEnded)
    for (const leak of leaks) outside.runInAsyncScope(() => addFailure(root, leak))
    if (this.#isOver) return
    this.#isOver = true
    watchRunEnd(this.#session, () => this.#exitCode(root))
  }

  /** node:test sums up on `beforeExit`, or when it is told to; what it then writes is on its way. */
  #exitCode(root: NodeTest): number | null {
    if (this.#hasSummedUp) return Number(process.exitCode ?? 1)
    this.#hasSummedUp = true
    attempt('summing up', () => root.harness.teardown())
    return null
  }
}

function nameOf(context: NodeTestContext): string | null {
  try {
    const { fullName } = context
    return fullName === undefined || fullName === '<root>' ? null : fullName
  } catch {
    // the root's, up to Node 22
    return null
  }
}
