/** `leakwatch/node-test`, for `node --import leakwatch/node-test --test`: a test that leaves something running is red. */
import type { Api } from './api.ts'
import { ownModule } from './own-modules.mts'

const { beginWatching } = ownModule(
  'runners/node-test-setup.js',
) as typeof import('./runners/node-test-setup.ts')
const installed = beginWatching((url) => import(url))

/** In a test or hook: the engines that it starts may stay. */
export const allowLeak: Api['allowLeak'] = (reason) => installed?.allowLeak(reason)
