/** Loads leakwatch's own modules when they are first needed. */
import { createRequire } from 'node:module'

/**
 * A `require` that leaves nothing behind in `require.cache`, which is the program's; what was loaded is kept here. `from`
 * is the `import.meta.url` of who asks.
 */
export function ownRequire(from: string): (id: string) => unknown {
  const require = createRequire(from)
  const loaded = new Map<string, unknown>()
  return (id) => {
    if (loaded.has(id)) return loaded.get(id)
    const before = new Set(Object.keys(require.cache))
    const module: unknown = require(id)
    for (const key of Object.keys(require.cache)) if (!before.has(key)) delete require.cache[key]
    loaded.set(id, module)
    return module
  }
}
