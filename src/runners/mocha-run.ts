/** mocha's run: judges a file when its last test and hook have ended, the rest when all have, and tells of leaks as failures. */
import { relative } from 'node:path'
import { recordFault } from '../core/faults.ts'
import { errorOf } from './error-of-leaks.ts'
import {
  around,
  type MochaClass,
  type MochaInstance,
  type MochaRunnable,
  type MochaRunner,
  type MochaSuite,
} from './mocha-classes.ts'
import { type MochaTests, rootHooks } from './mocha-tests.ts'
import type { Counts, LeakOfTest, TestSession } from './session.ts'

const globalSetup = 'mochaGlobalSetup'

/** Puts itself around mocha's own methods. */
export function watchRun(session: TestSession, mocha: MochaClass, tests: MochaTests): void {
  let hasGlobalSetup = false

  /** `title`: what the failures are named for; `null`: their tests. Then goes on, as mocha does: out of whatever called it. */
  const judged = (
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
          runner.fail(entry(mocha, suite, title ?? titleOf(leak)), indented(leak), true)
      })
      .catch((error) => recordFault('telling mocha of a leak', error))
      .then(end, end)
  }

  /** What a module that others share has started while it was loaded may serve them too, as what root hooks start does. */
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
    session.mode !== 'per-run' && file !== undefined && !tests.closesLate(file)

  around(mocha.Runner.prototype, 'hook', (original, runner, kind, done) => {
    if (kind !== 'afterAll') return original(kind, done)
    const { suite } = runner
    original(kind, (...args) => {
      const next = () => done(...args)
      if (suite.root) judged(runner, suite, null, ofRun, next)
      else if (isFileJudged(suite.file) && isLastSuite(runner, suite))
        judged(runner, suite, null, ofFile(suite.file), next)
      else next()
    })
  })

  around(mocha.Runner.prototype, 'hookUp', (original, runner, kind, done) => {
    const { test } = runner
    if (test?.parent === undefined) return original(kind, done)
    const { parent, file } = test
    original(kind, (...args) => {
      const next = () => done(...args)
      if (session.mode === 'per-test') judged(runner, parent, test.title, ofTest(test), next)
      else if (parent.root && isFileJudged(file) && isLastTest(runner, parent, test))
        judged(runner, parent, null, ofFile(file), next)
      else next()
    })
  })

  around(mocha.prototype, 'runGlobalSetup', (original, _mocha, context) =>
    session.run({ file: rootHooks, name: null, hook: globalSetup, allowed: null }, () => original(context)),
  )

  around(mocha.prototype, 'run', (original, instance, done) => {
    // Its result goes to the process that has the reporter.
    if (instance.isWorker === true) return original(done)
    hasGlobalSetup = instance.hasGlobalSetupFixtures()
    return original((failures) => {
      leaksOf(session, (from, file) => from?.hook === globalSetup || file !== null).then((leaks) => {
        tell(leaks)
        mocha.Runner.immediately(() => {
          done?.(failures + leaks.length)
          followEnd(session, instance)
        })
      })
    })
  })
}

/** None, where leakwatch itself fails. */
async function leaksOf(session: TestSession, counts: Counts): Promise<LeakOfTest[]> {
  try {
    return await session.judge(counts)
  } catch (error) {
    recordFault('judging', error)
    return []
  }
}

/** Of its file, among those that have tests to run. */
function isLastSuite(runner: MochaRunner, suite: MochaSuite): boolean {
  const all = suite.parent?.suites ?? []
  const later = all.slice(all.indexOf(suite) + 1)
  return suite.parent?.root === true && !later.some((each) => hasMore(runner, each, suite.file))
}

/** mocha runs what is in no suite before all suites. */
function isLastTest(runner: MochaRunner, root: MochaSuite, test: MochaRunnable): boolean {
  const title = test.titlePath().join()
  const titles = root.tests.filter(({ file }) => file === test.file).map((each) => each.titlePath().join())
  return titles.at(-1) === title && !root.suites.some((each) => hasMore(runner, each, test.file))
}

function hasMore(runner: MochaRunner, suite: MochaSuite, file: string | undefined): boolean {
  return suite.file === file && runner.grepTotal(suite) > 0
}

/** What reporters show, as of a hook that failed. */
function entry({ Hook }: MochaClass, parent: MochaSuite, title: string): MochaRunnable {
  const hook = new Hook(`"leakwatch" hook in "${title}"`, () => {})
  const { file } = parent
  return Object.assign(hook, { parent, ctx: parent.ctx, ...(file === undefined ? {} : { file }) })
}

/** mocha indents the stack, which has the message once more, but of a message only its first line. */
function indented(leak: LeakOfTest): Error {
  const message = leak.message.replaceAll('\n', '\n   ')
  return errorOf({ ...leak, message, stack: leak.stack.replace(leak.message, () => message) })
}

/** The test, or the file where it is of none. */
function titleOf({ test }: LeakOfTest): string {
  return test?.name ?? relative(process.cwd(), test?.file ?? 'mocha')
}

/** The reporter has summed up by then. */
function tell(leaks: readonly LeakOfTest[]): void {
  const { writeAll } = require('../report/write.js') as typeof import('../report/write.ts')
  for (const { stack } of leaks) writeAll(2, `\n${stack}\n`)
}

let isFollowed = false

function followEnd(session: TestSession, { options }: MochaInstance): void {
  if (isFollowed || options.watch === true) return
  isFollowed = true
  const { watchRunEnd } = require('./run-end.js') as typeof import('./run-end.ts')
  watchRunEnd(session, () => Number(process.exitCode ?? 0))
}
