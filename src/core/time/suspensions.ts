/**
 * Time in which this process could do something. While a laptop sleeps, a container is frozen or a debugger holds, engines grow
 * old that nobody had a chance to stop.
 */
import { state } from './state.ts'

/** A time in which nothing ran. */
export interface Gap {
  readonly until: number
  readonly ms: number
}

const gapsKept = 16

/** For `ms` until now nothing ran. */
export function noteGap(until: number, ms: number): void {
  state.gaps.push({ until, ms })
  if (state.gaps.length > gapsKept) state.gaps.shift()
}

/** The time from `from` to `until`, both on `clock`'s `now`, without the gaps in it. */
export function runningMsBetween(from: number, until: number): number {
  let ms = until - from
  for (const gap of state.gaps) if (gap.until > from) ms -= Math.min(gap.ms, gap.until - from)
  return Math.max(0, ms)
}
