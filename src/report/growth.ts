/** What grew between two dumps. */
import type { Spot, Standing } from './standing.ts'

/** `fuller`: as many as before, which hold more. */
export type Change = 'new' | 'grew' | 'fuller' | 'same' | 'fewer' | 'gone'

export interface Growth {
  change: Change
  /** As it is after; of what is gone, as it was. */
  spot: Spot
  before: { count: number; handles: number }
  after: { count: number; handles: number }
  /**
   * How many more in an hour, of the same processes; of other ones, how many an hour of their uptime there were before and
   * are now. `null` where no time passed.
   */
  perHour: { before: number | null; after: number } | null
}

export interface Difference {
  before: Standing
  after: Standing
  /** How many processes are in both; where there are none, rates are by uptime. */
  shared: number
  /** Between the last reports of both. */
  elapsedMs: number
  /** What grew most first; then what did not. */
  growths: Growth[]
}

/** The fastest that is told: rates over less than a second say nothing. */
const shortestMs = 1000

export function differenceOf(before: Standing, after: Standing): Difference {
  const shared = [...after.processes.keys()].filter((each) => before.processes.has(each)).length
  const isEmpty = before.to === '' || after.to === ''
  const elapsedMs = isEmpty ? 0 : Date.parse(after.to) - Date.parse(before.to)
  const keys = new Set([...after.spots.keys(), ...before.spots.keys()])
  const growths = [...keys].map((key): Growth => {
    const [was, is] = [before.spots.get(key), after.spots.get(key)]
    const counts = { before: sizeOf(was), after: sizeOf(is) }
    const spot = (is ?? was) as Spot
    const change = changeOf(counts.before, counts.after, spot)
    const rate = shared > 0 ? rateOf(change, counts, elapsedMs) : ratesByUptime(counts, before, after)
    return { change, spot, ...counts, perHour: rate }
  })
  return { before, after, shared, elapsedMs, growths: growths.sort(byGrowth) }
}

/** Whether it is what `diff` looks for. */
export function isGrowth({ change }: Growth): boolean {
  return change === 'new' || change === 'grew' || change === 'fuller'
}

interface Size {
  count: number
  handles: number
}

function sizeOf(spot: Spot | undefined): Size {
  return { count: spot?.count ?? 0, handles: spot?.handles ?? 0 }
}

function changeOf(before: Size, after: Size, { isCore }: Spot): Change {
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
  before: Standing,
  after: Standing,
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
  return counts(b) - counts(a) || handles(b) - handles(a) || a.spot.name.localeCompare(b.spot.name)
}
