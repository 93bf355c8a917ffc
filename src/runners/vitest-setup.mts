/** In a vitest worker: leakwatch, and what it needs to know of the run. */
import type { Api } from '../api.ts'
import type { VitestWorker } from '../report/runner-code.ts'
import { watchFixtures } from './vitest-fixtures.mts'
import { type RunnerModule, watchRunner } from './vitest-runner.mts'

/** Of `node:vm`, where the types are older than the Nodes. */
interface Vm {
  runInThisContext(code: string, options?: object): unknown
  constants?: { USE_MAIN_CONTEXT_DEFAULT_LOADER?: symbol }
}

const keys = [Symbol.for('leakwatch/1'), '__leakwatch__'] as const

const unseen = 'LEAKWATCH_TO_BE_STOPPED: expected an engine that leakwatch has seen start; got something else'

interface Worker extends VitestWorker {
  config?: { root?: string }
}

interface Expect {
  extend(matchers: object): void
}

/** Watches the tests of this worker from now on; called again, with each test file, it changes nothing. */
export async function beginWatching(entry: string): Promise<Api> {
  const api = await installInMainContext(entry)
  const session = api.forRunner()
  if (session === null) return api
  const { __vitest_worker__: worker = {} } = globalThis as { __vitest_worker__?: Worker }
  const load = loaderOf(worker.config?.root ?? process.cwd())
  const vitest = (await load('index')) as RunnerModule & { expect: Expect; test?: object; it?: object }
  session.readCodeOf(worker)
  watchRunner(session, await runnerOf(vitest, load))
  for (const test of new Set([vitest.test, vitest.it])) watchFixtures(session, test ?? {})
  vitest.expect.extend({
    toBeStopped: (engine: unknown) => {
      const stop = session.stopOf(engine)
      if (stop === null) throw new TypeError(unseen)
      const { name, isStopped } = stop
      const message = isStopped
        ? `expected ${name} not to be stopped; it was`
        : `expected ${name} to be stopped; it was not`
      return { pass: isStopped, message: () => message }
    },
  })
  return api
}

type Load = (name: string) => Promise<object>

/** Loads modules of the vitest that the project has: the package manager may keep leakwatch in a place from which there is another, or none. */
function loaderOf(root: string): Load {
  const { createRequire } = process.getBuiltinModule('node:module')
  const { dirname, join } = process.getBuiltinModule('node:path')
  const { pathToFileURL } = process.getBuiltinModule('node:url')
  // What CommonJS would get of it: a file in the package's folder, which says that vitest is none.
  const folder = dirname(createRequire(join(root, 'package.json')).resolve('vitest'))
  return (name) => import(pathToFileURL(join(folder, `dist/${name}.js`)).href)
}

/** Since 4.1 all is in `vitest`; before, the same stands in two modules of which a later vitest warns. */
async function runnerOf(vitest: RunnerModule, load: Load): Promise<RunnerModule> {
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
 * once, and lent to the others.
 */
async function installInMainContext(entry: string): Promise<Api> {
  const vm = process.getBuiltinModule('node:vm') as unknown as Vm
  const main = vm.runInThisContext('globalThis') as Record<string | symbol, unknown>
  const url = new URL('./runners/installed.mjs', entry).href
  if (main === globalThis) return ((await import(url)) as typeof import('./installed.mts')).installed()
  const importModuleDynamically = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER
  const { installed } = await withoutWarnings(() => {
    const load = vm.runInThisContext('(url) => import(url)', { importModuleDynamically })
    return (load as (url: string) => Promise<typeof import('./installed.mts')>)(url)
  })
  const api = installed()
  for (const key of keys) {
    Object.defineProperty(globalThis, key, {
      value: main[key],
      configurable: true,
      writable: true,
      enumerable: false,
    })
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
