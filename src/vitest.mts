/**
 * `leakwatch/vitest`. As a setup file it watches the tests of the worker that loads it; its default export is the plugin for
 * `plugins`, which adds the setup file and lets engine classes be seen in modules that Vite loads.
 */
// For the declaration below.
import type {} from 'vitest'
import type { Api } from './api/api.ts'
import { ownModule } from './packaging/own-modules.mts'
import type { LeakwatchPlugin } from './runners/vitest/plugin.ts'

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: as vitest declares it
  interface Matchers<T = any> {
    /** The engine's stop was called and has finished. */
    toBeStopped(): T
  }
}

const setup = () => ownModule('runners/vitest/setup.js') as typeof import('./runners/vitest/setup.ts')
const plugin = () => ownModule('runners/vitest/plugin.js') as typeof import('./runners/vitest/plugin.ts')

const ownModules = new URL('./packaging/own-modules.mjs', import.meta.url).href
const installed =
  '__vitest_worker__' in globalThis
    ? await setup().beginWatching({ global: globalThis, load: (url) => import(url), ownModules })
    : null

/** Called in a test or hook: the engines that it starts may stay. */
export const allowLeak: Api['allowLeak'] = (reason) => installed?.allowLeak(reason)

/** For `plugins` of a vitest config. */
export const leakwatch = (): LeakwatchPlugin => plugin().leakwatch()

export default leakwatch
