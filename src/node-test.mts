/** `leakwatch/node-test`, for `node --import leakwatch/node-test --test`: a test that leaves something running fails. */
import type { Api } from './api/api.ts'
import { ownModule } from './packaging/own-modules.mts'

const { beginWatching } = ownModule(
  'runners/node-test/setup.js',
) as typeof import('./runners/node-test/setup.ts')
const installed = beginWatching((url) => import(url))

/** Called in a test or hook: the engines that it starts may stay. */
export const allowLeak: Api['allowLeak'] = (reason) => installed?.allowLeak(reason)
