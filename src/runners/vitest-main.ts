/** vitest's main process: what global setup starts is judged when vitest has closed, and leaks that come too late for its summary are told. */
import type { VitestWorker } from '../report/runner-code.ts'
import { errorOf } from './error-of-leaks.ts'
import { installed } from './installed.ts'

/** As much of vitest in its main process as is used. */
export interface Vitest {
  config?: { watch?: boolean }
  state?: { catchError?(error: unknown, type: string): void }
  logger?: { printError?(error: unknown, options: object): void }
  close?(): Promise<void>
}

export interface Project {
  config?: { globalSetup?: string | string[] }
  /** It has what global setup is made of. */
  runner?: VitestWorker
}

const watched = new WeakSet<Vitest>()

/** What files share is judged as their worker ends: by then vitest has summed up, and keeps such errors to itself. */
export function tellAfterEnd(vitest: Vitest): void {
  const { state } = vitest
  const catchError = state?.catchError
  if (state === undefined || catchError === undefined) return
  state.catchError = function (error, type) {
    if ((error as { name?: unknown } | null)?.name === 'LeakError') tell(vitest, error)
    catchError.call(this, error, type)
  }
}

/** Without global setup, and while vitest waits for changes, nothing of the program's runs here that would have to end. */
export function watchGlobalSetup(vitest: Vitest, { config, runner }: Project): void {
  if (vitest.config?.watch === true || (config?.globalSetup ?? []).length === 0) return
  if (watched.has(vitest)) return
  watched.add(vitest)
  const session = installed().forRunner()
  const { close } = vitest
  if (session === null || close === undefined) return
  let isClosing = false
  vitest.close = async function () {
    if (isClosing) return close.call(this)
    isClosing = true
    // It forgets what it has compiled.
    const compiled = new Map(runner?.evaluatedModules?.fileToModulesMap)
    const ofVitest3 = new Map(runner?.moduleCache)
    session.readCodeOf({ evaluatedModules: { fileToModulesMap: compiled }, moduleCache: ofVitest3 })
    await close.call(this)
    for (const leak of await session.judge((_scope, file) => file !== null)) tell(vitest, errorOf(leak))
    const { watchRunEnd } = require('./run-end.js') as typeof import('./run-end.ts')
    watchRunEnd(session, () => Number(process.exitCode ?? 0))
  }
}

function tell({ logger }: Vitest, error: unknown): void {
  process.exitCode = 1
  logger?.printError?.(error, { type: 'Leak', fullStack: false })
}
