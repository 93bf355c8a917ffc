/** Processes as `top` sees them. */
import type { Sight } from '../../../src/cli/top/fleet.ts'
import type { PlaceCounts } from '../../../src/report/schema/counts.ts'

/** `running`: how many engines run, by `name` or `name place`. */
export function sight(pid: number, running: Record<string, number>, more: Partial<Sight> = {}): Sight {
  const places = Object.entries(running).map(([key, count]): PlaceCounts => {
    const [engine = '', site = 'src/app.js:1'] = key.split(' ')
    return {
      engine,
      site,
      started: count + 3,
      stopped: 3,
      running: count,
      oldestMs: count === 0 ? null : 5000,
    }
  })
  return {
    id: `${pid}-1`,
    isAnswered: true,
    pid,
    service: 'orders-api',
    node: 'v24.1.0',
    ageMs: 60_000,
    counts: {
      schema: 'leakwatch-counts/1',
      uptimeMs: 60_000,
      memory: { rss: 64_000_000, heapUsed: 20_000_000 },
      handles: 7,
      places,
      leaks: null,
    },
    cpu: 0.02,
    silence: null,
    ...more,
  }
}
