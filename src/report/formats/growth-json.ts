import type { Difference, Growth } from '../model/growth.ts'
import type { Inventory } from '../model/inventory.ts'
import { escapeJson } from '../words/escape.ts'

/** The difference as one line of JSON, schema `leakwatch-diff/1`. */
export function formatDifferenceJson({ before, after, shared, elapsedMs, growths }: Difference): string {
  const json = JSON.stringify({
    schema: 'leakwatch-diff/1',
    before: describeInventory(before),
    after: describeInventory(after),
    sharedProcesses: shared,
    elapsedMs,
    places: growths.map(describeGrowth),
  })
  return `${escapeJson(json)}\n`
}

function describeInventory({ processes, from, to, uptimeMs }: Inventory): object {
  return { from, to, uptimeMs, processes: [...processes.values()] }
}

function describeGrowth({ change, item, before, after, perHour }: Growth): object {
  const { name, ids, kinds, subject } = item
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
