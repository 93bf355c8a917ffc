/** Runs in vitest's main process. Judges what global setup has started once vitest has closed, and prints leaks that miss its summary. */
import { keepWhatIsNew } from '../../cache/keep-what-is-new.ts'
import type { VitestWorker } from '../../report/sources/runner-code.ts'
import { installed, sessionOf } from '../session/installed.ts'
import { testLeakError } from '../session/test-leak-error.ts'

/** The parts of vitest's main process that leakwatch uses. */
export interface Vitest {
  config?: { watch?: boolean }
  state?: { catchError?(error: unknown, type: string): void }
  logger?: { printError?(error: unknown, options: object): void }
  close?(): Promise<void>
}

export interface Project {
  config?: { globalSetup?: string | string[] }
  /** It has the modules of global setup. */
  runner?: VitestWorker
}

const watched = new WeakSet<Vitest>()

/** What files share is judged when their worker ends. vitest has printed its summary by then, and does not print such errors. */
export function printLateLeaks(vitest: Vitest): void {
  const { state } = vitest
  const catchError = state?.catchError
  if (state === undefined || catchError === undefined) return
  state.catchError = function (error, type) {
    if ((error as { name?: unknown } | null)?.name === 'LeakError') printError(vitest, error)
    catchError.call(this, error, type)
  }
}

const keeping = new WeakSet<Vitest>()

/** What the plugin has read of the program's files is kept once the run is over. */
export function keepWhenClosed(vitest: Vitest): void {
  const { close } = vitest
  if (close === undefined || keeping.has(vitest)) return
  keeping.add(vitest)
  vitest.close = async function () {
    await close.call(this)
    keepWhatIsNew()
  }
}

/** Does nothing without global setup, or while vitest waits for changes: then nothing here has to end. */
export function watchGlobalSetup(vitest: Vitest, { config, runner }: Project): void {
  if (vitest.config?.watch === true || (config?.globalSetup ?? []).length === 0) return
  if (watched.has(vitest)) return
  watched.add(vitest)
  const session = sessionOf(installed())
  const { close } = vitest
  if (session === null || close === undefined) return
  let isClosing = false
  vitest.close = async function () {
    if (isClosing) return close.call(this)
    isClosing = true
    // vitest forgets what it has compiled when it closes.
    const compiled = new Map(runner?.evaluatedModules?.fileToModulesMap)
    const ofVitest3 = new Map(runner?.moduleCache)
    session.readCodeOf({ evaluatedModules: { fileToModulesMap: compiled }, moduleCache: ofVitest3 })
    await close.call(this)
    for (const leak of await session.judge((_scope, file) => file !== null))
      printError(vitest, testLeakError(leak))
    const { watchRunEnd } = require('../session/run-end.js') as typeof import('../session/run-end.ts')
    watchRunEnd(session, () => Number(process.exitCode ?? 0))
  }
}

function printError({ logger }: Vitest, error: unknown): void {
  process.exitCode = 1
  logger?.printError?.(error, { type: 'Leak', fullStack: false })
}
