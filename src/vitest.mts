/**
 * `leakwatch/vitest`. As a setup file it watches the tests of the worker that loads it; its default export is the plugin for
 * `plugins`, which adds the setup file and lets engine classes be seen in modules that Vite loads.
 */
// For the declaration below.
import type {} from 'vitest'
import type { Api } from './api.ts'
import { leakwatch } from './runners/vitest-plugin.mts'
import { beginWatching } from './runners/vitest-setup.mts'

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: as vitest declares it
  interface Matchers<T = any> {
    /** The engine's stop was called and has finished. */
    toBeStopped(): T
  }
}

const installed = '__vitest_worker__' in globalThis ? await beginWatching(import.meta.url) : null

/** In a test or hook: the engines that it starts may stay. */
export const allowLeak: Api['allowLeak'] = (reason) => installed?.allowLeak(reason)

export { leakwatch, leakwatch as default }
