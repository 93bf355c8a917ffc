/** What metrics tell, looked at when somebody asks. */
import { shutdown } from '../core/engines/begun-shutdown.ts'
import { state as faultsState } from '../core/self/state.ts'
import { state as stacks } from '../core/stacks/state.ts'
import type { Steps } from '../core/time/steps.ts'
import type { FoundLeak } from '../live/leaks-of-checks.ts'
import { lookingAtEngines, type Waiters } from './engines-by-place.ts'
import { lookingAtTypes } from './handles-by-type.ts'
import { type Counted, LabelledPlaces, other } from './labelled-places.ts'
import { Look } from './look.ts'

export interface Measurement {
  readonly places: readonly Counted[]
  readonly waiters: readonly LabelledWaiters[]
  readonly handles: ReadonlyMap<string, number>
  /** `null`: no check has looked for them yet. */
  readonly leaks: readonly FoundLeak[] | null
  /** When the shutdown began; `null`: it has not. */
  readonly shutdownAt: number | null
  readonly own: OwnCost
}

export interface LabelledWaiters {
  readonly engine: string
  readonly site: string
  count: number
  since: number | null
}

/** What leakwatch has spent and met. */
export interface OwnCost {
  readonly stacksCaptured: number
  readonly stacksSkipped: number
  readonly stacksMs: number
  readonly faults: number
  readonly looksMs: number
}

const places = new LabelledPlaces()
const engines = new Look(function* (): Steps<Pick<Measurement, 'places' | 'waiters'>> {
  const found = yield* lookingAtEngines()
  return { places: yield* places.counting(found), waiters: labelled(found.waiters) }
})
/** Takes several times as long: each handle is asked whether it is alive. */
const handles = new Look(lookingAtTypes)

/** `leaksOfChecks`: what the checks of this thread have found. */
export async function measurement(leaksOfChecks: () => readonly FoundLeak[] | null): Promise<Measurement> {
  return {
    ...(await engines.found()),
    handles: await handles.found(),
    leaks: leaksOfChecks(),
    shutdownAt: shutdown()?.startedAt ?? null,
    own: ownCost(),
  }
}

function ownCost(): OwnCost {
  let faults = 0
  for (const count of faultsState.faults.values()) faults += count
  const { captured, skipped, spentMs } = stacks
  return {
    stacksCaptured: captured,
    stacksSkipped: skipped,
    stacksMs: spentMs,
    faults,
    looksMs: engines.spentMs + handles.spentMs,
  }
}

/** Pools with a label of their own; few programs have as many. */
const poolsLimit = 20

/** Two pools of one place are one row, and so are all that have no label. */
function labelled(waiters: readonly Waiters[]): LabelledWaiters[] {
  const rows = new Map<string, LabelledWaiters>()
  const most = [...waiters].sort((a, b) => b.count - a.count)
  for (const { place, count, since } of most) {
    const label = rows.size < poolsLimit ? places.labelOf(place) : null
    const { engine, site } = label ?? { engine: other, site: other }
    const key = `${engine} ${site}`
    const row = rows.get(key) ?? { engine, site, count: 0, since: null }
    row.count += count
    if (since !== null) row.since = Math.min(row.since ?? since, since)
    rows.set(key, row)
  }
  return [...rows.values()]
}
