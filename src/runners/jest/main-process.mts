/** What Jest's contexts share. Node's own loader loads it, once for a process or thread. */
import type { Installed } from '../../api/api.ts'
import { ownModule } from '../../packaging/own-modules.mts'
import { whenJestIsDone } from './when-jest-is-done.mts'

let isWatching = false

type CompiledCode = typeof import('../session/compiled-code.ts')

/** Makes leakwatch available in a context. */
export function shareWith(context: object, realProcess: NodeJS.Process): Installed {
  const { installed, sessionOf } = ownModule(
    'runners/session/installed.js',
  ) as typeof import('../session/installed.ts')
  const api = installed()
  const session = sessionOf(api)
  if (session !== null && !isWatching) {
    isWatching = true
    ;(ownModule('runners/session/compiled-code.js') as CompiledCode).watchCompiledCode()
    whenJestIsDone(realProcess, () => {
      const { watchRunEnd } = ownModule(
        'runners/session/run-end.js',
      ) as typeof import('../session/run-end.ts')
      watchRunEnd(session, () => Number(realProcess.exitCode ?? 0))
    })
  }
  const { shareHook } = ownModule(
    'runners/session/share-hook.js',
  ) as typeof import('../session/share-hook.ts')
  shareHook(context)
  return api
}

/** Records an error of the integration itself, which is not the program's. */
export function recordOwnFault(error: unknown): void {
  const { recordFault } = ownModule('core/self/faults.js') as typeof import('../../core/self/faults.ts')
  recordFault("watching Jest's tests", error)
}
