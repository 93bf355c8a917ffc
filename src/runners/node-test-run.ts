/** node:test's run in this process: whose code runs, and when it is judged. */
import { AsyncResource } from 'node:async_hooks'
import { later } from '../core/clock.ts'
import { attempt, recordFault } from '../core/faults.ts'
import { afterHooks, followEnds, followTests, type NodeTest, whenFirstTest } from './node-test-classes.ts'
import { addFailures, leakError } from './node-test-failure.ts'
import { LoadedModules } from './node-test-modules.ts'
import { scopeOf } from './node-test-scope.ts'
import type { Counts, TestScope, TestSession } from './session.ts'

/** A process that nothing holds is gone by then. */
const drainMs = 10

/** What it runs is in no test: node:test takes what it registers for the root's. */
const outside = new AsyncResource('LEAKWATCH')

type LoadModule = (url: string) => Promise<unknown>

/** Watches from the first test on. `main`: the file that this process is there for; `null`: one after the other. */
export function watchRun(session: TestSession, main: string | null, load: LoadModule): void {
  whenFirstTest((first) => {
    const run = new Run(session, main, load)
    followTests(first, {
      aboutToRun: (test) => attempt('telling tests apart', () => run.begin(test)),
      beingDefined: () => attempt('looking who defines a test', () => run.modules.note()),
    })
    queueMicrotask(() =>
      attempt('finding the root of all tests', () => run.join((first.parentTest ?? first).root)),
    )
  })
  if (main !== null) session.beginFile(main)
  // The root is there before any file is, and has to be known then: it tells which comes.
  else process.getBuiltinModule('node:test').after(() => {})
}

class Run {
  readonly modules: LoadedModules
  readonly #session: TestSession
  readonly #main: string
  /** Files follow each other in this process. */
  readonly #isShared: boolean
  readonly #judgedFiles = new Set<string>()
  #ownHooks = 0
  #judging: Promise<void> = Promise.resolve()
  #isOver = false
  #hasSummedUp = false

  constructor(session: TestSession, main: string | null, load: LoadModule) {
    this.modules = new LoadedModules(load)
    this.#session = session
    this.#main = main ?? ''
    this.#isShared = main === null
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
    this.#ownHooks = root.hooks.after.length
    if (!this.#isShared) return
    followFiles(root, (file) => this.#session.enterFile(file))
    followEnds(root, () => attempt('judging a file', () => this.#judgeFiles(root)))
  }

  /** Once for a test, each time for a hook. */
  begin(test: NodeTest): void {
    const isHook = test.hookType !== undefined
    // A suite's function runs while its file is loaded.
    if (!isHook && (test.parent === null || test.reportedType === 'suite')) return
    const { ctx } = test.getRunArgs()
    const scope = scopeOf(test, ctx, this.#main)
    if (!this.#session.give(scope, test))
      recordFault('telling tests apart', 'async contexts are kept elsewhere')
    if (isHook || this.#session.mode !== 'per-test') return
    afterHooks(
      test,
      (hook) => ctx.after?.(hook),
      () => this.#judgeTest(test, scope),
    )
  }

  /** What a test leaves that has failed otherwise, or may fail, is told when all have ended, beside it. */
  async #judgeTest(test: NodeTest, { file, name }: TestScope): Promise<void> {
    if (test.error !== null || test.isTodo === true) return
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
    later(drainMs, () => {
      const { watchRunEnd } = require('./run-end.js') as typeof import('./run-end.ts')
      watchRunEnd(this.#session, () => this.#exitCode(root))
    })
  }

  /**
   * Where files share this process, each is judged when its last test has ended: not where hooks of the root's may yet stop what it has
   * started. What modules that they share have is the run's.
   */
  #judgeFiles(root: NodeTest): void {
    if (this.#session.mode !== 'per-file' || root.hooks.after.length > this.#ownHooks) return
    for (const file of new Set(root.subtests.map(({ entryFile }) => entryFile ?? null))) {
      const isOfFile = ({ entryFile, finished }: NodeTest): boolean => entryFile === file && !finished
      if (file === null || this.#judgedFiles.has(file) || root.subtests.some(isOfFile)) continue
      this.#judgedFiles.add(file)
      void this.#inTurn(() =>
        this.#judge(root, (from, place) => from?.file === file && (from.name !== null || place === file)),
      )
    }
  }

  async #judge(root: NodeTest, counts: Counts): Promise<void> {
    const leaks = await this.#session.judge(counts)
    if (leaks.length === 0) return
    try {
      outside.runInAsyncScope(() => addFailures(root, leaks))
    } catch (error) {
      // A later Node may not know such tests: the run is red all the same.
      const { writeAll } = require('../report/write.js') as typeof import('../report/write.ts')
      process.exitCode = 1
      writeAll(2, leaks.map(({ stack }) => `${stack}\n`).join('\n'))
      throw error
    }
  }

  /** node:test sums up on `beforeExit`, or when it is told to; what it then writes is on its way. */
  #exitCode(root: NodeTest): number | null {
    if (this.#hasSummedUp) return Number(process.exitCode ?? 0)
    this.#hasSummedUp = true
    attempt('summing up', () => root.harness.teardown())
    return null
  }
}

/** A file that a process of its own runs. */
function isFile(test: NodeTest): boolean {
  return test.constructor.name === 'FileTest'
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
