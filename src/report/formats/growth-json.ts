import { type Difference, type Growth, isGrowth } from '../model/growth.ts'
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

/** A line for each place, and one for all, in the form of the logs. */
export function formatDifferenceNdjson({ before, after, shared, elapsedMs, growths }: Difference): string {
  const places = growths.map((growth) => ({
    level: isGrowth(growth) ? 'warn' : 'info',
    timestamp: after.to || before.to,
    service: growth.item.process.service,
    event: 'leakwatch.difference',
    message: `${growth.item.name}: ${growth.before.count} before, ${growth.after.count} now`,
    ...describeGrowth(growth),
  }))
  const sizeOf = ({ processes, from, to, uptimeMs }: Inventory) => ({
    from,
    to,
    uptimeMs,
    processes: processes.size,
  })
  const summary = {
    level: 'info',
    timestamp: after.to || before.to,
    event: 'leakwatch.difference.summary',
    message: `${growths.filter(isGrowth).length} grew`,
    before: sizeOf(before),
    after: sizeOf(after),
    sharedProcesses: shared,
    elapsedMs,
  }
  return escapeJson([...places, summary].map((line) => `${JSON.stringify(line)}\n`).join(''))
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
