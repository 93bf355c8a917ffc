/** `leakwatch/mocha`, for `mocha --require leakwatch/mocha`: watches the tests of this process, a worker of `--parallel` as well. */
import type { Api } from './api/api.ts'
import { ownModule } from './packaging/own-modules.mts'

const { installed } = ownModule(
  'runners/session/installed.js',
) as typeof import('./runners/session/installed.ts')
const api = installed()

/**
 * mocha waits for this before it loads a test file. It gives no hooks: they would run before the program's own hooks, which stop what
 * they have started.
 */
export const mochaHooks = async (): Promise<object> => {
  const { watchMocha } = ownModule('runners/mocha/setup.js') as typeof import('./runners/mocha/setup.ts')
  await watchMocha(api, (url) => import(url))
  return {}
}

/** Called in a test or hook: the engines that it starts may stay. */
export const allowLeak: Api['allowLeak'] = (reason) => api.allowLeak(reason)
