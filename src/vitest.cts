/**
 * `leakwatch/vitest` for a config that is CommonJS, as in a package that is no ES module: only the plugin. Node cannot require a module
 * that awaits at its top level, as the setup file does.
 */
import type { LeakwatchPlugin } from './runners/vitest/plugin.ts'

const { ownModule } = require('./packaging/own-modules.mjs') as { ownModule(path: string): object }

/** For `plugins` of a vitest config. */
function leakwatch(): LeakwatchPlugin {
  return (ownModule('runners/vitest/plugin.js') as typeof import('./runners/vitest/plugin.ts')).leakwatch()
}

// For each way to import it.
module.exports = Object.assign(leakwatch, { default: leakwatch, leakwatch })
