/**
 * `leakwatch/vitest` where a config is loaded as CommonJS, as Vite does in a package that is no ES module: the plugin. Node requires no
 * module that awaits at its top level, as the setup file does.
 */
import type { LeakwatchPlugin } from './runners/vitest-plugin.ts'

const { ownModule } = require('./own-modules.mjs') as { ownModule(path: string): object }

/** For `plugins` of a vitest config. */
function leakwatch(): LeakwatchPlugin {
  return (ownModule('runners/vitest-plugin.js') as typeof import('./runners/vitest-plugin.ts')).leakwatch()
}

// However it is imported.
module.exports = Object.assign(leakwatch, { default: leakwatch, leakwatch })
