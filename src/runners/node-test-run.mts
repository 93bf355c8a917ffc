/** node:test's run in this process: whose code runs, and when it is judged. */
import { ownModule } from '../own-modules.mts'
import { afterHooks, followTests, type NodeTest, type NodeTestContext } from './node-test-classes.mts'
import { addFailure, leakError } from './node-test-failure.mts'
import { LoadedModules } from './node-test-modules.mts'
import type { Counts, TestScope, TestSession } from './session.ts'

const { attempt, recordFault } = ownModule('core/faults.js') as typeof import('../core/faults.ts')
const { watchRunEnd } = ownModule('runners/run-end.js') as typeof import('./run-end.ts')
const { AsyncResource } = process.getBuiltinModule('node:async_hooks')

/** What it runs is in no test: node:test takes what it registers for the root's. */
const outside = new AsyncResource('LEAKWATCH')

/** Watches from the first test on, which is being made. `main`: the file that Node was told to run. */
export function watchRun(session: TestSession, first: NodeTest, main: string): void {
  const run = new Run(session, main)
  followTests(first, {
    aboutToRun: (test) => attempt('telling tests apart', () => run.begin(test)),
    beingDefined: () => attempt('looking who defines a test', () => run.modules.note()),
  })
  queueMicrotask(() =>
    attempt('finding the root of all tests', () => run.join((first.parentTest ?? first).root)),
  )
}

class Run {
  readonly modules = new LoadedModules()
  readonly #session: TestSession
  readonly #main: string
  #judging: Promise<void> = Promise.resolve()
  #isOver = false
  #hasSummedUp = false

  constructor(session: TestSession, main: string) {
    this.#session = session
    this.#main = main
  }

  /**
   * The root runs its `after` hooks each time that all tests known so far have ended, whatever holds the process: `beforeExit` does
   * not come where a leak does.
   */
  join(root: NodeTest): void {
    const { after } = process.getBuiltinModule('node:test')
    afterHooks(
      root,
      (hook) => outside.runInAsyncScope(() => after(hook)),
      () => this.#inTurn(() => this.#judgeRun(root)),
    )
    followFiles(root, (file) => this.#session.enterFile(file))
  }

  /** Once for a test, each time for a hook. */
  begin(test: NodeTest): void {
    const isHook = test.hookType !== undefined
    // A suite's function runs while its file is loaded.
    if (!isHook && (test.parent === null || test.reportedType === 'suite')) return
    const { ctx } = test.getRunArgs()
    const scope = this.#scopeOf(test, ctx)
    if (!this.#session.give(scope, test))
      recordFault('telling tests apart', 'async contexts are kept elsewhere')
    if (isHook || this.#session.mode !== 'per-test') return
    afterHooks(
      test,
      (hook) => ctx.after?.(hook),
      () => this.#judgeTest(test, scope),
    )
  }

  #scopeOf({ hookType, loc }: NodeTest, context: NodeTestContext): TestScope {
    const file = context.filePath ?? loc?.file ?? this.#main
    return { file, name: nameOf(context), hook: hookType ?? null, allowed: null }
  }

  /** What a test leaves that has failed otherwise is told when all have ended, beside it. */
  async #judgeTest(test: NodeTest, { file, name }: TestScope): Promise<void> {
    if (test.error !== null) return
    const leaks = await this.#session.judge((from) => from?.file === file && from.name === name)
    if (leaks.length > 0) throw leakError(leaks)
  }

  /** One after the other; it never rejects. */
  #inTurn(judge: () => Promise<void>): Promise<void> {
    this.#judging = this.#judging.then(judge).catch((error) => recordFault('judging tests', error))
    return this.#judging
  }

  async #judgeRun(root: NodeTest): Promise<void> {
    await this.modules.loaded()
    const hasEnded = (): boolean => root.subtests.every(({ finished }) => finished)
    // Each in a process of its own; or there are more by now, with an end of their own.
    if (root.subtests.some(isFile) || !hasEnded()) return
    await this.#judge(root, hasEnded)
    if (this.#isOver || !hasEnded()) return
    this.#isOver = true
    watchRunEnd(this.#session, () => this.#exitCode(root))
  }

  async #judge(root: NodeTest, counts: Counts): Promise<void> {
    for (const leak of await this.#session.judge(counts))
      outside.runInAsyncScope(() => addFailure(root, leak))
  }

  /** node:test sums up on `beforeExit`, or when it is told to; what it then writes is on its way. */
  #exitCode(root: NodeTest): number | null {
    if (this.#hasSummedUp) return Number(process.exitCode ?? 1)
    this.#hasSummedUp = true
    attempt('summing up', () => root.harness.teardown())
    return null
  }
}

/** A file that a process of its own runs. */
function isFile(test: NodeTest): boolean {
  return test.constructor.name === 'FileTest'
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

/** Without isolation the root is told which file comes next. */
function followFiles(root: NodeTest, begin: (file: string) => void): void {
  let file = root.entryFile
  Object.defineProperty(root, 'entryFile', {
    get: () => file,
    set: (next: typeof file) => {
      file = next
      if (typeof next === 'string') begin(next)
    },
    configurable: true,
    enumerable: true,
  })
}
