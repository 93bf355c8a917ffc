import { escapeJson } from './escape.ts'
import type { Difference, Growth } from './growth.ts'
import type { Standing } from './standing.ts'

/** The difference as one line of JSON, schema `leakwatch-diff/1`. */
export function formatDifferenceJson({ before, after, shared, elapsedMs, growths }: Difference): string {
  const json = JSON.stringify({
    schema: 'leakwatch-diff/1',
    before: describeStanding(before),
    after: describeStanding(after),
    sharedProcesses: shared,
    elapsedMs,
    places: growths.map(describeGrowth),
  })
  return `${escapeJson(json)}\n`
}

function describeStanding({ processes, from, to, uptimeMs }: Standing): object {
  return { from, to, uptimeMs, processes: [...processes.values()] }
}

function describeGrowth({ change, spot, before, after, perHour }: Growth): object {
  const { name, ids, kinds, subject } = spot
  return {
    change,
    name,
    kinds: [...kinds],
    ids: [...ids],
    site: subject?.site ?? null,
    before,
    after,
    perHour,
  }
}
