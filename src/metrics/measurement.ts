/**
 * What metrics tell, looked at when somebody asks: in slices, and once for all who ask within a second. However much there is to look
 * at, a look is so rare that all of them together take a two hundredth of a core.
 */
import { shutdown } from '../core/engines/begun-shutdown.ts'
import { state as faultsState } from '../core/self/state.ts'
import { state as stacks } from '../core/stacks/state.ts'
import { now } from '../core/time/clock.ts'
import { inSlices, type Steps } from '../core/time/steps.ts'
import type { FoundLeak } from '../live/leaks-of-checks.ts'
import { lookingAtEngines, type Waiters } from './engines-by-place.ts'
import { lookingAtTypes } from './handles-by-type.ts'
import { type Counted, LabelledPlaces, other } from './labelled-places.ts'

/** What has to be looked for. */
interface Looked {
  readonly places: readonly Counted[]
  readonly waiters: readonly LabelledWaiters[]
  readonly handles: ReadonlyMap<string, number>
}

export interface Measurement extends Looked {
  readonly leaks: readonly FoundLeak[]
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

const freshMs = 1000
const partOfCore = 1 / 200

const places = new LabelledPlaces()
let latest: Looked | null = null
let nextLookAt = 0
let underWay: Promise<Looked> | null = null
let looksMs = 0

/** `leaksOfChecks`: what the checks of this thread have found. */
export async function measurement(leaksOfChecks: () => readonly FoundLeak[]): Promise<Measurement> {
  const looked = await freshLook()
  return {
    ...looked,
    leaks: leaksOfChecks(),
    shutdownAt: shutdown()?.startedAt ?? null,
    own: ownCost(),
  }
}

async function freshLook(): Promise<Looked> {
  if (underWay !== null) return underWay
  if (latest !== null && now() < nextLookAt) return latest
  underWay = look()
  try {
    latest = await underWay
    return latest
  } finally {
    underWay = null
  }
}

async function look(): Promise<Looked> {
  const from = now()
  const clock = { ms: 0 }
  // Who asks waits for it.
  const looked = await inSlices(timed(looking(), clock), true)
  looksMs += clock.ms
  nextLookAt = Math.max(from + freshMs * almost, now() + clock.ms / partOfCore)
  return looked
}

/** Who asks each second does not always come a whole second later. */
const almost = 0.9

/** `clock` is told how long the steps have taken, without what the program did between them. */
function* timed<T>(steps: Steps<T>, clock: { ms: number }): Steps<T> {
  for (;;) {
    const from = now()
    const { done, value } = steps.next()
    clock.ms += now() - from
    if (done === true) return value
    yield
  }
}

function* looking(): Steps<Looked> {
  const engines = yield* lookingAtEngines()
  const counted = yield* places.counting(engines)
  const handles = yield* lookingAtTypes()
  return { places: counted, waiters: labelled(engines.waiters), handles }
}

function ownCost(): OwnCost {
  let faults = 0
  for (const count of faultsState.faults.values()) faults += count
  const { captured, skipped, spentMs } = stacks
  return { stacksCaptured: captured, stacksSkipped: skipped, stacksMs: spentMs, faults, looksMs }
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
