/** How many engines run, by the place where they were started: what their records keep already is added up. */
import { endIfClosed } from '../core/engines/life.ts'
import { startPlace } from '../core/engines/start-place.ts'
import { state } from '../core/engines/state.ts'
import type { EngineRecord, StartPlace } from '../core/records/engine-record.ts'
import { attempt } from '../core/self/faults.ts'
import { type Steps, stepSize } from '../core/time/steps.ts'
import { endYoungPeriod } from '../core/time/young-period.ts'

/** Engines that have not ended. */
export interface Running {
  /** Those that hold nothing at the moment (an agent without sockets) are alive and do not run. */
  alive: number
  running: number
  /** When the oldest of those that run was started. */
  oldestAt: number
}

/** Callers that wait for what the engines of one place lend. */
export interface Waiters {
  readonly name: string
  readonly place: StartPlace | null
  count: number
  /** Since when the first of them does; `null`: nobody waits. */
  since: number | null
}

/** One place, as it was when the last engine was looked at: more may be started there before all are told of. */
export interface PlaceCount extends Readonly<Running> {
  readonly place: StartPlace
  /** The name of its engines, and where in the code it is. */
  readonly key: string
  readonly started: number
}

export interface EnginesByPlace {
  readonly places: readonly PlaceCount[]
  readonly waiters: readonly Waiters[]
  /** At all places, and at none that is known. */
  readonly all: Readonly<Running>
  readonly started: number
  /** What is taken for no engine runs, and is in no table. */
  readonly lightRunning: number
}

export function* lookingAtEngines(): Steps<EnginesByPlace> {
  endYoungPeriod()
  const places = new Map<StartPlace, Running>()
  const waiters: Waiters[] = []
  const all = nobody()
  let count = 0
  // A set goes on with what is added meanwhile.
  for (const record of state.alive) {
    count += 1
    if (count % stepSize === 0) yield
    attempt('counting engines', () => add(record, places, all))
    if (record.waiting !== null) attempt('counting those who wait', () => addWaiters(record, waiters))
  }
  const { counts, lightRunning } = state
  return { places: placeCounts(places), waiters, all, started: counts.started - counts.failed, lightRunning }
}

/** In one go: all that is alive at this moment has been counted. */
function placeCounts(running: ReadonlyMap<StartPlace, Running>): PlaceCount[] {
  const counts: PlaceCount[] = []
  for (const [key, place] of state.places) {
    const { alive, running: here, oldestAt } = running.get(place) ?? none
    counts.push({ place, key, started: place.started, alive, running: here, oldestAt })
  }
  return counts
}

const nobody = (): Running => ({ alive: 0, running: 0, oldestAt: Number.POSITIVE_INFINITY })
const none: Readonly<Running> = nobody()

function add(record: EngineRecord, places: Map<StartPlace, Running>, all: Running): void {
  // What ends by itself is looked for.
  if (record.isOpen !== null) {
    endIfClosed(record)
    if (record.state === 'stopped') return
  }
  const isRunning = record.isDormant?.() !== true
  count(all, record, isRunning)
  const place = record.place ?? startPlace(record)
  if (place === null) return
  let here = places.get(place)
  if (here === undefined) {
    here = nobody()
    places.set(place, here)
  }
  count(here, record, isRunning)
}

function count(tally: Running, { startedAt }: EngineRecord, isRunning: boolean): void {
  tally.alive += 1
  if (!isRunning) return
  tally.running += 1
  if (startedAt < tally.oldestAt) tally.oldestAt = startedAt
}

function addWaiters(record: EngineRecord, waiters: Waiters[]): void {
  const waiting = record.waiting?.() ?? null
  const { name, place } = record
  let here = waiters.find((each) => each.name === name && each.place === place)
  if (here === undefined) {
    here = { name, place, count: 0, since: null }
    waiters.push(here)
  }
  if (waiting === null) return
  here.count += waiting.count
  here.since = Math.min(here.since ?? waiting.since, waiting.since)
}
