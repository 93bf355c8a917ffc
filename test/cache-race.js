/**
 * Many processes with one cache, for longer than `npm test` has time for: `node test/cache-race.js [processes] [rounds]`. A third of them is
 * killed as it writes.
 */
import { conclude, runVitest } from './run-vitest.js'

const [processes = '50', rounds = '200'] = process.argv.slice(2)
const { passed, failures } = runVitest(
  'test/e2e/cache.test.ts',
  { CACHE_RACE: `${processes},${rounds}` },
  'race',
)
conclude(passed, failures)
