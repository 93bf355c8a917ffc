/** What `leakwatch top` shows of this process: the measurement of the metrics, in one small text. */
import { now } from '../core/time/clock.ts'
import type { FoundLeak } from '../live/leaks-of-checks.ts'
import { type Counts, countsSchema, type LeakCounts } from '../report/schema/counts.ts'
import { shownName } from '../report/secrets/shown.ts'
import { escapeJson } from '../report/words/escape.ts'
import { findingsLimit } from './families.ts'
import { measurement } from './measurement.ts'
import { siteLabel } from './site-label.ts'

/** As one line of JSON. `leaksOfChecks`: what the checks of this thread have found. */
export async function countsText(leaksOfChecks: () => readonly FoundLeak[] | null): Promise<string> {
  const { places, handles, leaks } = await measurement(leaksOfChecks)
  const at = now()
  const { rss, heapUsed } = process.memoryUsage()
  const counts: Counts = {
    schema: countsSchema,
    uptimeMs: Math.round(at),
    memory: { rss, heapUsed },
    handles: [...handles.values()].reduce((sum, count) => sum + count, 0),
    places: places.map(({ engine, site, started, stopped, running, oldestAt }) => ({
      engine,
      site,
      started,
      stopped,
      running,
      oldestMs: running === 0 ? null : Math.max(0, Math.round(at - oldestAt)),
    })),
    leaks: leaks?.slice(0, findingsLimit).map(leakCounts) ?? null,
  }
  return `${escapeJson(JSON.stringify(counts))}\n`
}

function leakCounts({ kind, name, site, count }: FoundLeak): LeakCounts {
  return { kind, name: shownName(name), site: site === null ? null : siteLabel(site), count }
}
