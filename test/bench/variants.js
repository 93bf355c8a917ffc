import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What each workload is run with, beside the bare program; `kind`: those of one kind alone. */
const at = (path) => new URL(path, import.meta.url).href
const leakwatch = ['--import', at('../../dist/index.mjs')]
/** Peers cost up to a hundred times as much: they get a share of the operations. */
const fewer = 0.05

/** Where the start-ups keep what they have read. */
export const cacheFolder = join(tmpdir(), `leakwatch-bench-cache-${process.pid}`)

export const bare = { name: 'bare', argv: [], env: {} }

export const variants = [
  { name: 'empty async hook', argv: ['--import', at('preloads/empty-hook.js')], env: {} },
  { name: 'empty loader too', argv: ['--import', at('preloads/empty-hooks.js')], env: {}, kind: 'start' },
  {
    name: 'empty --require',
    argv: ['--require', fileURLToPath(at('preloads/empty.cjs'))],
    env: {},
    kind: 'start',
  },
  // The first start after an install, each time.
  {
    name: 'leakwatch, cold',
    argv: leakwatch,
    env: { LEAKWATCH_CACHE: `${cacheFolder}-cold` },
    kind: 'start',
    isCold: true,
  },
  { name: 'leakwatch, warm', argv: leakwatch, env: { LEAKWATCH_CACHE: cacheFolder }, kind: 'start' },
  { name: 'AsyncLocalStorage', argv: ['--import', at('preloads/async-local-storage.js')], env: {} },
  { name: 'leakwatch', argv: leakwatch, env: {} },
  { name: 'leakwatch, stacks off', argv: leakwatch, env: { LEAKWATCH_STACKS: 'off' } },
  { name: 'leakwatch, stacks all', argv: leakwatch, env: { LEAKWATCH_STACKS: 'all' } },
  { name: 'why-is-node-running', argv: ['--import', 'why-is-node-running/include'], env: {}, share: fewer },
  { name: 'wtfnode', argv: ['--import', at('preloads/wtfnode.js')], env: {}, share: fewer },
]

/** For what only leakwatch does. */
export const figures = variants.filter(({ name }) => name.startsWith('leakwatch'))
