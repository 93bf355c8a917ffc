/** What Jest's contexts share: loaded by Node's own loader, once a process or thread. */
import type { Api } from '../api.ts'
import { ownModule } from '../own-modules.mts'
import { watchJestCode } from './jest-code.mts'
import { whenJestIsDone } from './jest-end.mts'

const keys = [Symbol.for('leakwatch/1'), '__leakwatch__'] as const
let isWatching = false

/** Lends leakwatch to a context. */
export function join(context: object, realProcess: NodeJS.Process): Api {
  const { installed } = ownModule('runners/installed.js') as typeof import('./installed.ts')
  const api = installed()
  const session = api.forRunner()
  if (session !== null && !isWatching) {
    isWatching = true
    watchJestCode()
    whenJestIsDone(realProcess, () => {
      const { watchRunEnd } = ownModule('runners/run-end.js') as typeof import('./run-end.ts')
      watchRunEnd(session, () => Number(realProcess.exitCode ?? 0))
    })
  }
  for (const key of keys) {
    const value = (globalThis as Record<string | symbol, unknown>)[key]
    Object.defineProperty(context, key, { value, configurable: true, writable: true, enumerable: false })
  }
  return api
}

/** Of the integration itself: none of the program's business. */
export function ownFault(error: unknown): void {
  const { recordFault } = ownModule('core/faults.js') as typeof import('../core/faults.ts')
  recordFault("watching Jest's tests", error)
}
