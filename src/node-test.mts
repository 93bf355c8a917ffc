/** `leakwatch/node-test`, for `node --import leakwatch/node-test --test`: a test that leaves something running is red. */
import type { Api } from './api.ts'
import { beginWatching } from './runners/node-test-setup.mts'

const installed = beginWatching()

/** In a test or hook: the engines that it starts may stay. */
export const allowLeak: Api['allowLeak'] = (reason) => installed?.allowLeak(reason)
