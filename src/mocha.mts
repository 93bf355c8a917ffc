/** `leakwatch/mocha`, for `mocha --require leakwatch/mocha`: watches the tests of this process, a worker of `--parallel` as well. */
import type { Api } from './api.ts'
import { ownModule } from './own-modules.mts'

const { installed } = ownModule('runners/installed.js') as typeof import('./runners/installed.ts')
const api = installed()

/**
 * mocha waits for it before it loads a test file. It gives no hooks: they would run before those of the program that are
 * still to stop what they started.
 */
export const mochaHooks = async (): Promise<object> => {
  const { watchMocha } = ownModule('runners/mocha-setup.js') as typeof import('./runners/mocha-setup.ts')
  await watchMocha(api, (url) => import(url))
  return {}
}

/** In a test or hook: the engines that it starts may stay. */
export const allowLeak: Api['allowLeak'] = (reason) => api.allowLeak(reason)
