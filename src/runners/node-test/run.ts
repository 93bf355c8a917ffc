/** Follows node:test's run in this process: tells which test the running code belongs to, and judges it. */
import { AsyncResource } from 'node:async_hooks'
import { attempt, recordFault } from '../../core/self/faults.ts'
import { later } from '../../core/time/clock.ts'
import type { Counts, TestScope, TestSession } from '../session/session.ts'
import { afterHooks, followTestEnds, followTests, type NodeTest, whenFirstTest } from './classes.ts'
import { addFailures, leakError } from './failure.ts'
import { LoadedModules } from './loaded-modules.ts'
import { scopeOf } from './scope.ts'

/** By then a process that nothing keeps alive has ended. */
const drainMs = 10

/** Runs code outside of all tests: node:test adds the hooks of such code to the root. */
const outsideTests = new AsyncResource('LEAKWATCH')

type LoadModule = (url: string) => Promise<unknown>

/** Watches from the first test on. `main`: the file of this process; `null`: it runs one file after the other. */
export function watchRun(session: TestSession, main: string | null, load: LoadModule): void {
  whenFirstTest((first) => {
    const run = new Run(session, main, load)
    followTests(first, {
      aboutToRun: (test) => attempt('telling tests apart', () => run.begin(test)),
      beingDefined: () => attempt('looking who defines a test', () => run.modules.addCaller()),
    })
    queueMicrotask(() =>
      attempt('finding the root of all tests', () => run.join((first.parentTest ?? first).root)),
    )
  })
  if (main !== null) session.beginFile(main)
  // Creates the root before any file is loaded: the root says which file comes.
  else process.getBuiltinModule('node:test').after(() => {})
}

class Run {
  readonly modules: LoadedModules
  readonly #session: TestSession
  readonly #main: string
  /** This process runs several files. */
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
   * The root runs its `after` hooks each time that all known tests have ended, even if a leak keeps the process alive. `beforeExit`
   * would not come then.
   */
  join(root: NodeTest): void {
    const { after } = process.getBuiltinModule('node:test')
    afterHooks(
      root,
      (hook) => outsideTests.runInAsyncScope(() => after(hook)),
      () => this.#inTurn(() => this.#judgeRun(root)),
    )
    this.#ownHooks = root.hooks.after.length
    if (!this.#isShared) return
    followFiles(root, (file) => this.#session.enterFile(file))
    followTestEnds(root, () => attempt('judging a file', () => this.#judgeFiles(root)))
  }

  /** Called once for a test, and each time that a hook runs. */
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

  /** Does not judge a test that has failed, or that may fail: its leaks are reported at the end of the run. */
  async #judgeTest(test: NodeTest, { file, name }: TestScope): Promise<void> {
    if (test.error !== null || test.isTodo === true) return
    const leaks = await this.#session.judge((from) => from?.file === file && from.name === name)
    if (leaks.length > 0) throw leakError(leaks)
  }

  /** Judges one after the other. Never rejects. */
  #inTurn(judge: () => Promise<void>): Promise<void> {
    this.#judging = this.#judging.then(judge).catch((error) => recordFault('judging tests', error))
    return this.#judging
  }

  async #judgeRun(root: NodeTest): Promise<void> {
    await this.modules.whenLoaded()
    const hasEnded = (): boolean => root.subtests.every(({ finished }) => finished)
    // Each file has a process of its own; or there are more tests by now, and their end will come.
    if (root.subtests.some(isFile) || !hasEnded()) return
    await this.#judge(root, hasEnded)
    if (this.#isOver || !hasEnded()) return
    this.#isOver = true
    later(drainMs, () => {
      const { watchRunEnd } = require('../session/run-end.js') as typeof import('../session/run-end.ts')
      watchRunEnd(this.#session, () => this.#exitCode(root))
    })
  }

  /**
   * If files share this process, each is judged when its last test has ended. Not if the root has hooks, which may still stop what the
   * file has started. What shared modules have started is judged at the end of the run.
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
      outsideTests.runInAsyncScope(() => addFailures(root, leaks))
    } catch (error) {
      // A later Node may not allow such tests: the run fails all the same.
      const { writeAll } =
        require('../../report/output/write.js') as typeof import('../../report/output/write.ts')
      process.exitCode = 1
      writeAll(2, leaks.map(({ stack }) => `${stack}\n`).join('\n'))
      throw error
    }
  }

  /** node:test prints its summary on `beforeExit`, or when `teardown` is called. `null`: the summary is still being written. */
  #exitCode(root: NodeTest): number | null {
    if (this.#hasSummedUp) return Number(process.exitCode ?? 0)
    this.#hasSummedUp = true
    attempt('summing up', () => root.harness.teardown())
    return null
  }
}

/** Whether it stands for a file that has a process of its own. */
function isFile(test: NodeTest): boolean {
  return test.constructor.name === 'FileTest'
}

/** Without isolation, node:test sets `entryFile` of the root before each file. */
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
