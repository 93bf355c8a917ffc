/** What grew between two inventories. */
import type { Inventory, InventoryItem } from './inventory.ts'

/** `fuller`: there are as many as before, and they hold more. */
export type Change = 'new' | 'grew' | 'fuller' | 'same' | 'fewer' | 'gone'

export interface Growth {
  change: Change
  /** The later item, or the earlier one if it is gone. */
  item: InventoryItem
  before: { count: number; handles: number }
  after: { count: number; handles: number }
  /**
   * For the same processes: how many more in an hour. For other processes: how many for each hour of uptime, before and now.
   * `null`: no time has passed.
   */
  perHour: { before: number | null; after: number } | null
}

export interface Difference {
  before: Inventory
  after: Inventory
  /** How many processes are in both inventories. If there are none, rates are by uptime. */
  shared: number
  /** The time between the last reports of both. */
  elapsedMs: number
  /** What grew most comes first, what did not grow comes last. */
  growths: Growth[]
}

/** A rate over less than a second says nothing. */
const shortestMs = 1000

export function differenceOf(before: Inventory, after: Inventory): Difference {
  const shared = [...after.processes.keys()].filter((each) => before.processes.has(each)).length
  const isEmpty = before.to === '' || after.to === ''
  const elapsedMs = isEmpty ? 0 : Date.parse(after.to) - Date.parse(before.to)
  const keys = new Set([...after.items.keys(), ...before.items.keys()])
  const growths = [...keys].map((key): Growth => {
    const [was, is] = [before.items.get(key), after.items.get(key)]
    const counts = { before: sizeOf(was), after: sizeOf(is) }
    const item = (is ?? was) as InventoryItem
    const change = changeOf(counts.before, counts.after, item)
    const rate = shared > 0 ? rateOf(change, counts, elapsedMs) : ratesByUptime(counts, before, after)
    return { change, item, ...counts, perHour: rate }
  })
  return { before, after, shared, elapsedMs, growths: growths.sort(byGrowth) }
}

/** Whether it counts as growth for `diff`. */
export function isGrowth({ change }: Growth): boolean {
  return change === 'new' || change === 'grew' || change === 'fuller'
}

interface Size {
  count: number
  handles: number
}

function sizeOf(item: InventoryItem | undefined): Size {
  return { count: item?.count ?? 0, handles: item?.handles ?? 0 }
}

function changeOf(before: Size, after: Size, { isCore }: InventoryItem): Change {
  if (before.count === 0 && after.count > 0) return 'new'
  if (after.count === 0 && before.count > 0) return 'gone'
  if (after.count !== before.count) return after.count > before.count ? 'grew' : 'fewer'
  return after.handles > before.handles && !isCore ? 'fuller' : 'same'
}

function rateOf(
  change: Change,
  { before, after }: { before: Size; after: Size },
  ms: number,
): Growth['perHour'] {
  const more = change === 'fuller' ? after.handles - before.handles : after.count - before.count
  return ms < shortestMs ? null : { before: null, after: hourly(more, ms) }
}

function ratesByUptime(
  counts: { before: Size; after: Size },
  before: Inventory,
  after: Inventory,
): Growth['perHour'] {
  if (before.uptimeMs < shortestMs || after.uptimeMs < shortestMs) return null
  return {
    before: hourly(counts.before.count, before.uptimeMs),
    after: hourly(counts.after.count, after.uptimeMs),
  }
}

function hourly(count: number, ms: number): number {
  return (count * 3_600_000) / ms
}

/** Engines weigh more than what they hold. */
function byGrowth(a: Growth, b: Growth): number {
  const counts = ({ before, after }: Growth) => after.count - before.count
  const handles = ({ before, after }: Growth) => after.handles - before.handles
  return counts(b) - counts(a) || handles(b) - handles(a) || a.item.name.localeCompare(b.item.name)
}
