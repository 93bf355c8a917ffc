/** `leakwatch/jest`, for `setupFilesAfterEnv`: watches the tests of the file that Jest is about to load. CommonJS, as Jest loads that in both its modes. */
import { beginWatching } from './runners/jest/setup.ts'

const installed = beginWatching()

/** Called in a test or hook: the engines that it starts may stay. */
export const allowLeak: import('./api/api.ts').Api['allowLeak'] = (reason) => installed?.allowLeak(reason)
