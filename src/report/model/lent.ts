/** What is out of what an engine lends, for a finding that says who has it. */
import { startPlace } from '../../core/engines/start-place.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { now } from '../../core/time/clock.ts'
import type { Fault } from '../../judge/judge.ts'

/** Those that have been out for longer than usual come first, and among them those that have been out the longest. */
export function lentBy({ children }: Pick<Fault, 'children'>): EngineRecord[] {
  const leases = children.filter(({ lease }) => lease)
  return leases.toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)) || a.startedAt - b.startedAt)
}

/** Longer than all but the slowest hundredth of those that were taken at the same place. */
function isLong(lease: EngineRecord): boolean {
  const lifetimes = startPlace(lease)?.lifetimes ?? null
  return lifetimes !== null && now() - lease.startedAt > lifetimes.usualMs()
}
