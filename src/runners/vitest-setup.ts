/** In a vitest worker: leakwatch, and what it needs to know of the run. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import type { Api } from '../api.ts'
import { installed } from './installed.ts'
import type { TestSession } from './session.ts'
import { watchFixtures } from './vitest-fixtures.ts'
import { type RunnerModule, type Worker, watchRunner } from './vitest-runner.ts'

const keys = [Symbol.for('leakwatch/1'), '__leakwatch__'] as const

const unseen = 'LEAKWATCH_TO_BE_STOPPED: expected an engine that leakwatch has seen start; got something else'

interface Expect {
  extend(matchers: object): void
}

/** A test file's context, as the setup file in it knows it. */
export interface Context {
  global: typeof globalThis & { __vitest_worker__?: Worker }
  /** Its own `import()`. */
  load(url: string): Promise<object>
  /** The URL of `own-modules.mjs`. */
  ownModules: string
}

/** Watches the tests of this worker from now on; called again, with each test file, it changes nothing. */
export async function beginWatching({ global, load, ownModules }: Context): Promise<Api> {
  // This code is of the main context, wherever it was asked for.
  const api = global === globalThis ? installed() : await lendTo(global, ownModules)
  const worker = global.__vitest_worker__ ?? {}
  const folder = vitestFolder(worker.config?.root ?? process.cwd())
  const loadOwn = (name: string) => load(pathToFileURL(join(folder, `dist/${name}.js`)).href)
  const vitest = (await loadOwn('index')) as RunnerModule & { expect: Expect; test?: object; it?: object }
  const session = api.forRunner()
  vitest.expect.extend({ toBeStopped: matcher(session) })
  if (session === null) return api
  session.readCodeOf(worker)
  watchRunner(session, await runnerOf(vitest, loadOwn), worker)
  for (const test of new Set([vitest.test, vitest.it])) watchFixtures(session, test ?? {})
  return api
}

interface Verdict {
  pass: boolean
  message(): string
}

/** Where leakwatch is off, nothing is known, and nothing fails. */
function matcher(session: TestSession | null): (this: { isNot?: boolean }, engine: unknown) => Verdict {
  return function toBeStopped(engine) {
    if (session === null) return { pass: this.isNot !== true, message: () => '' }
    const stop = session.stopOf(engine)
    if (stop === null) {
      const error = new TypeError(unseen)
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
 * Of the vitest that the project has: the package manager may keep leakwatch in a place from which there is another, or none.
 * What CommonJS would get of it is a file in this folder, which says that vitest is none.
 */
function vitestFolder(root: string): string {
  return dirname(createRequire(join(root, 'package.json')).resolve('vitest'))
}

/** Since 4.1 all is in `vitest`; before, the same stands in two modules of which a later vitest warns. */
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
 * The vm pools run each file in a context of its own. Handles are one thread's, so leakwatch is loaded into the main context
 * once, by the loader that outlives the others, and lent to them.
 */
async function lendTo(context: object, ownModules: string): Promise<Api> {
  // Where the types are older than the Nodes.
  const { constants } = vm as unknown as { constants?: { USE_MAIN_CONTEXT_DEFAULT_LOADER?: symbol } }
  const options = { importModuleDynamically: constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER }
  const { ownModule } = await withoutWarnings(() => {
    const load = vm.runInThisContext('(url) => import(url)', options as vm.RunningScriptOptions)
    return (load as (url: string) => Promise<typeof import('../own-modules.mts')>)(ownModules)
  })
  const api = (ownModule('runners/installed.js') as typeof import('./installed.ts')).installed()
  for (const key of keys) {
    const value = (globalThis as Record<string | symbol, unknown>)[key]
    Object.defineProperty(context, key, { value, configurable: true, writable: true, enumerable: false })
  }
  return api
}

/** Node calls the constant experimental, on stderr; the program has not asked for it. */
async function withoutWarnings<T>(body: () => Promise<T>): Promise<T> {
  const { emitWarning } = process
  try {
    process.emitWarning = () => {}
    return await body()
  } finally {
    process.emitWarning = emitWarning
  }
}
