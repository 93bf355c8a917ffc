/** Runs in a vitest worker. Starts leakwatch, and tells it what it needs to know of the run. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import type { Installed } from '../../api/api.ts'
import { installed, sessionOf } from '../session/installed.ts'
import type { TestSession } from '../session/session.ts'
import { watchFixtures } from './fixtures.ts'
import { type RunnerModule, type Worker, watchRunner } from './runner.ts'

interface Expect {
  extend(matchers: object): void
}

/** The context of a test file, from its setup file. */
export interface Context {
  global: typeof globalThis & { __vitest_worker__?: Worker }
  /** The context's own `import()`. */
  load(url: string): Promise<object>
  /** The URL of `own-modules.mjs`. */
  ownModules: string
}

/** Watches the tests of this worker from now on. It is called for each test file, and further calls change nothing. */
export async function beginWatching({ global, load, ownModules }: Context): Promise<Installed> {
  // This code runs in the main context, whoever has called it.
  const api = global === globalThis ? installed() : await shareWith(global, ownModules)
  const worker = global.__vitest_worker__ ?? {}
  const folder = vitestFolder(worker.config?.root ?? process.cwd())
  const loadOwn = (name: string) => load(pathToFileURL(join(folder, `dist/${name}.js`)).href)
  const vitest = (await loadOwn('index')) as RunnerModule & { expect: Expect; test?: object; it?: object }
  const session = sessionOf(api)
  vitest.expect.extend({ toBeStopped: matcher(session) })
  if (session === null) return api
  session.readCodeOf(worker)
  watchRunner(session, await runnerOf(vitest, loadOwn), worker)
  for (const test of new Set([vitest.test, vitest.it])) watchFixtures(session, test ?? {})
  return api
}

interface MatcherResult {
  pass: boolean
  message(): string
}

/** If leakwatch is off, nothing is known and nothing fails. */
function matcher(session: TestSession | null): (this: { isNot?: boolean }, engine: unknown) => MatcherResult {
  return function toBeStopped(engine) {
    if (session === null) return { pass: this.isNot !== true, message: () => '' }
    const stop = session.stopOf(engine)
    if (stop === null) {
      const { errors } = require('../../errors/errors.js') as typeof import('../../errors/errors.ts')
      const error = new TypeError(errors.LEAKWATCH_TO_BE_STOPPED())
      Error.captureStackTrace(error, toBeStopped)
      throw error
    }
    const { name, isStopped } = stop
    const message = isStopped
      ? `expected ${name} not to be stopped; it was`
      : `expected ${name} to be stopped; it was not`
    return { pass: isStopped, message: () => message }
  }
}

/**
 * The folder of the project's vitest: leakwatch may be installed where there is another vitest, or none. `require` resolves to a file
 * in that folder, which only says that vitest is an ES module.
 */
function vitestFolder(root: string): string {
  return dirname(createRequire(join(root, 'package.json')).resolve('vitest'))
}

/** Since 4.1 everything is in `vitest`. Before, it is in two modules; a later vitest warns about those. */
async function runnerOf(
  vitest: RunnerModule,
  load: (name: string) => Promise<object>,
): Promise<RunnerModule> {
  if (vitest.TestRunner?.getSuiteHooks !== undefined) return vitest
  const [runners, suite] = (await Promise.all(['runners', 'suite'].map(load))) as [
    Record<string, object>,
    Record<string, object>,
  ]
  const TestRunner = runners.VitestTestRunner as NonNullable<RunnerModule['TestRunner']>
  return {
    TestRunner: Object.assign(TestRunner, { getSuiteHooks: suite.getHooks }),
  }
}

/**
 * The vm pools run each file in a context of its own. All contexts of a thread share its handles: leakwatch is loaded once, into the main
 * context, by the loader that outlives the others, and the contexts share it.
 */
async function shareWith(context: object, ownModules: string): Promise<Installed> {
  // Older types lack the constant.
  const { constants } = vm as unknown as { constants?: { USE_MAIN_CONTEXT_DEFAULT_LOADER?: symbol } }
  const options = { importModuleDynamically: constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER }
  const { ownModule } = await withoutWarnings(() => {
    const load = vm.runInThisContext('(url) => import(url)', options as vm.RunningScriptOptions)
    return (load as (url: string) => Promise<typeof import('../../packaging/own-modules.mts')>)(ownModules)
  })
  const api = (
    ownModule('runners/session/installed.js') as typeof import('../session/installed.ts')
  ).installed()
  const { shareHook } = ownModule(
    'runners/session/share-hook.js',
  ) as typeof import('../session/share-hook.ts')
  shareHook(context)
  if (sessionOf(api) !== null) {
    const { watchCompiledCode } = ownModule(
      'runners/session/compiled-code.js',
    ) as typeof import('../session/compiled-code.ts')
    watchCompiledCode()
  }
  return api
}

/** Node would warn on stderr that the constant is experimental. The program does not use it. */
async function withoutWarnings<T>(body: () => Promise<T>): Promise<T> {
  const { emitWarning } = process
  try {
    process.emitWarning = () => {}
    return await body()
  } finally {
    process.emitWarning = emitWarning
  }
}
