/**
 * Which engines outlive their siblings, those started at the same place: by what the process itself has shown so far. Pure.
 */
import type { EngineRecord, StartPlace } from '../../core/records/engine-record.ts'
import { type Steps, stepSize } from '../../core/time/steps.ts'

/** What can be said of the engines that run and were started at one place. */
export interface Siblings {
  /** Enough siblings ended for their times to mean anything. */
  readonly isKnown: boolean
  /** How many have outlived their siblings; all, where little is known of these. */
  readonly outliving: number
  /** An engine that has run for longer is overdue. */
  readonly overdueMs: number
}

export type SiblingsByPlace = ReadonlyMap<StartPlace, Siblings>

/** How long an engine that was started at this moment has run, in milliseconds. */
export type AgeOf = (startedAt: number) => number

/**
 * From so many on. Where the slowest hundredth takes over 30 times as long as the middle one, one engine in 1800 that will be stopped
 * runs over 10 times as long as all of 20 siblings; with 10 siblings one in 350, with 100 one in 10,000 (log-normal, simulated in
 * `test/judge/siblings/siblings.test.ts`).
 */
const enoughSiblings = 20
/** So many times as long as all but the slowest hundredth. */
const overdueTimes = 10

/** `soonestMs`: nothing that has run for less is overdue. */
export function* comparingSiblings(
  engines: readonly EngineRecord[],
  ageOf: AgeOf,
  soonestMs: number,
): Steps<SiblingsByPlace> {
  const ages = new Map<StartPlace, number[]>()
  let count = 0
  for (const engine of engines) {
    count += 1
    if (count % stepSize === 0) yield
    const { place } = engine
    if (place === null || !isCompared(engine)) continue
    const known = ages.get(place)
    if (known === undefined) ages.set(place, [ageOf(engine.startedAt)])
    else known.push(ageOf(engine.startedAt))
  }
  const siblings = new Map<StartPlace, Siblings>()
  for (const [place, ofPlace] of ages) {
    siblings.set(place, siblingsAt(place, ofPlace, soonestMs))
    yield
  }
  return siblings
}

/** An engine that is being stopped lives no longer than that takes. One that holds nothing, or whose generators have ended, is there until it is collected. */
function isCompared({ state, holds, origin, lease, isFinished }: EngineRecord): boolean {
  if (state !== 'running' && state !== 'starting') return false
  return (holds || lease || origin !== 'convention') && isFinished?.() !== true
}

function siblingsAt({ lifetimes }: StartPlace, ages: readonly number[], soonestMs: number): Siblings {
  if (lifetimes === null || lifetimes.total < enoughSiblings) {
    return { isKnown: false, outliving: ages.length, overdueMs: Number.POSITIVE_INFINITY }
  }
  const usualMs = lifetimes.usualMs()
  // Where as many that got this old were stopped all the same, as keep-alive connections are, to get old is no fault.
  const outlivedMs = Math.max(usualMs, lifetimes.outlivedFrom(ages))
  return {
    isKnown: true,
    outliving: ages.filter((ms) => ms >= outlivedMs).length,
    overdueMs: Math.max(soonestMs, usualMs * overdueTimes, outlivedMs),
  }
}

export function isOverdue(
  { place, state, startedAt }: EngineRecord,
  siblings: SiblingsByPlace,
  ageOf: AgeOf,
): boolean {
  if (place === null || (state !== 'running' && state !== 'starting')) return false
  const atPlace = siblings.get(place)
  return atPlace !== undefined && ageOf(startedAt) > atPlace.overdueMs
}
