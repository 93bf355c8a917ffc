/** Judges a file of mocha's run after its last test and hook, and the rest at the end of the run. Leaks become failures. */
import { relative } from 'node:path'
import { recordFault } from '../../core/self/faults.ts'
import type { Counts, TestLeak, TestSession } from '../session/session.ts'
import { testLeakError } from '../session/test-leak-error.ts'
import {
  around,
  type MochaClass,
  type MochaInstance,
  type MochaRunnable,
  type MochaRunner,
  type MochaSuite,
} from './classes.ts'
import { type MochaTests, rootHooks } from './tests.ts'

const globalSetup = 'mochaGlobalSetup'

/** Wraps mocha's own methods. */
export function watchRun(session: TestSession, mocha: MochaClass, tests: MochaTests): void {
  let hasGlobalSetup = false

  /** Judges, then calls `done` in a turn of its own, as mocha does. `title` names the failures; `null`: their tests do. */
  const judgeThen = (
    runner: MochaRunner,
    suite: MochaSuite,
    title: string | null,
    counts: Counts,
    done: () => void,
  ): void => {
    const end = () => mocha.Runner.immediately(done)
    leaksOf(session, counts)
      .then((leaks) => {
        for (const leak of leaks)
          runner.fail(leakHook(mocha, suite, title ?? titleOf(leak)), indented(leak), true)
      })
      .catch((error) => recordFault('telling mocha of a leak', error))
      .then(end, end)
  }

  /** Does not count what a shared module started while it was loaded, nor what root hooks started: other files may use it. */
  const ofFile =
    (file: string | undefined): Counts =>
    (from, place) =>
      from !== null &&
      from.file === file &&
      !tests.isOfRootHook(from) &&
      (from.name !== null || (from.hook === null && place === file))

  const ofTest =
    (test: MochaRunnable): Counts =>
    (from) => {
      const { file, name } = tests.scopeOf(test)
      return (
        from?.file === file &&
        from.name === name &&
        !/^(?:before|after)$/.test(from.hook ?? '') &&
        !tests.isOfRootHook(from)
      )
    }

  const ofRun: Counts = (from, place) =>
    hasGlobalSetup ? from !== null && from.hook !== globalSetup : from !== null || place !== null

  const isFileJudged = (file: string | undefined): file is string =>
    session.mode !== 'per-run' && file !== undefined && !tests.hasRootAfterHook(file)

  around(mocha.Runner.prototype, 'hook', (original, runner, kind, done) => {
    if (kind !== 'afterAll') return original(kind, done)
    const { suite } = runner
    original(kind, (...args) => {
      const next = () => done(...args)
      if (suite.root) judgeThen(runner, suite, null, ofRun, next)
      else if (isFileJudged(suite.file) && isLastSuite(runner, suite))
        judgeThen(runner, suite, null, ofFile(suite.file), next)
      else next()
    })
  })

  around(mocha.Runner.prototype, 'hookUp', (original, runner, kind, done) => {
    const { test } = runner
    if (test?.parent === undefined) return original(kind, done)
    const { parent, file } = test
    original(kind, (...args) => {
      const next = () => done(...args)
      if (session.mode === 'per-test') judgeThen(runner, parent, test.title, ofTest(test), next)
      else if (parent.root && isFileJudged(file) && isLastTest(runner, parent, test))
        judgeThen(runner, parent, null, ofFile(file), next)
      else next()
    })
  })

  around(mocha.prototype, 'runGlobalSetup', (original, _mocha, context) =>
    session.run({ file: rootHooks, name: null, hook: globalSetup, allowed: null }, () => original(context)),
  )

  around(mocha.prototype, 'run', (original, instance, done) => {
    // The main process reports the results of a worker.
    if (instance.isWorker === true) return original(done)
    hasGlobalSetup = instance.hasGlobalSetupFixtures()
    return original((failures) => {
      leaksOf(session, (from, file) => from?.hook === globalSetup || file !== null).then((leaks) => {
        writeLeaks(leaks)
        mocha.Runner.immediately(() => {
          done?.(failures + leaks.length)
          watchEndOnce(session, instance)
        })
      })
    })
  })
}

/** Gives no leaks if leakwatch itself fails. */
async function leaksOf(session: TestSession, counts: Counts): Promise<TestLeak[]> {
  try {
    return await session.judge(counts)
  } catch (error) {
    recordFault('judging', error)
    return []
  }
}

/** Whether it is the last suite of its file that has tests to run. */
function isLastSuite(runner: MochaRunner, suite: MochaSuite): boolean {
  const all = suite.parent?.suites ?? []
  const later = all.slice(all.indexOf(suite) + 1)
  return suite.parent?.root === true && !later.some((each) => hasMore(runner, each, suite.file))
}

/** Whether it is the last test of its file. mocha runs tests outside of suites before all suites. */
function isLastTest(runner: MochaRunner, root: MochaSuite, test: MochaRunnable): boolean {
  const title = test.titlePath().join()
  const titles = root.tests.filter(({ file }) => file === test.file).map((each) => each.titlePath().join())
  return titles.at(-1) === title && !root.suites.some((each) => hasMore(runner, each, test.file))
}

function hasMore(runner: MochaRunner, suite: MochaSuite, file: string | undefined): boolean {
  return suite.file === file && runner.grepTotal(suite) > 0
}

/** A hook that failed: this is what reporters show. */
function leakHook({ Hook }: MochaClass, parent: MochaSuite, title: string): MochaRunnable {
  const hook = new Hook(`"leakwatch" hook in "${title}"`, () => {})
  const { file } = parent
  return Object.assign(hook, { parent, ctx: parent.ctx, ...(file === undefined ? {} : { file }) })
}

/** mocha indents the stack, which repeats the message, but only the first line of a message. This indents the others. */
function indented(leak: TestLeak): Error {
  const message = leak.message.replaceAll('\n', '\n   ')
  return testLeakError({ ...leak, message, stack: leak.stack.replace(leak.message, () => message) })
}

/** The name of the test; without one, the file. */
function titleOf({ test }: TestLeak): string {
  return test?.name ?? relative(process.cwd(), test?.file ?? 'mocha')
}

/** For leaks that come after the reporter's summary. */
function writeLeaks(leaks: readonly TestLeak[]): void {
  const { writeAll } =
    require('../../report/output/write.js') as typeof import('../../report/output/write.ts')
  for (const { stack } of leaks) writeAll(2, `\n${stack}\n`)
}

let isEndWatched = false

function watchEndOnce(session: TestSession, { options }: MochaInstance): void {
  if (isEndWatched || options.watch === true) return
  isEndWatched = true
  const { watchRunEnd } = require('../session/run-end.js') as typeof import('../session/run-end.ts')
  watchRunEnd(session, () => Number(process.exitCode ?? 0))
}
