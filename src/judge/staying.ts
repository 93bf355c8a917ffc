/**
 * Which engines stay for longer than their siblings did, those started at the same place: by what the process itself has shown so
 * far. Pure.
 */
import type { EngineRecord, StartPlace } from '../core/engine-record.ts'
import { type Steps, stepSize } from '../core/steps.ts'

/** What can be said of the engines that run and were started at one place. */
export interface Stay {
  /** Enough siblings ended for their times to mean anything. */
  readonly isKnown: boolean
  /** How many have outlived their siblings; all, where little is known of these. */
  readonly left: number
  /** An engine that has run for longer is overdue. */
  readonly overdueMs: number
}

export type Stays = ReadonlyMap<StartPlace, Stay>

/** How long an engine that was started at this moment has run, in milliseconds. */
export type AgeOf = (startedAt: number) => number

/**
 * From so many on. Where the slowest hundredth takes over 30 times as long as the middle one, one engine in 1800 that will be stopped
 * runs over 10 times as long as all of 20 siblings; with 10 siblings one in 350, with 100 one in 10,000 (log-normal, simulated in
 * `test/judge/staying.test.ts`).
 */
const enoughSiblings = 20
/** So many times as long as all but the slowest hundredth. */
const overdueTimes = 10

/** `soonestMs`: nothing that has run for less is overdue. */
export function* lookingAtStays(
  engines: readonly EngineRecord[],
  ageOf: AgeOf,
  soonestMs: number,
): Steps<Stays> {
  const ages = new Map<StartPlace, number[]>()
  let count = 0
  for (const engine of engines) {
    count += 1
    if (count % stepSize === 0) yield
    const { place } = engine
    if (place === null || !mayStay(engine)) continue
    const known = ages.get(place)
    if (known === undefined) ages.set(place, [ageOf(engine.startedAt)])
    else known.push(ageOf(engine.startedAt))
  }
  const stays = new Map<StartPlace, Stay>()
  for (const [place, ofPlace] of ages) {
    stays.set(place, stayOf(place, ofPlace, soonestMs))
    yield
  }
  return stays
}

/** Told to stop, it stays no longer than that takes. What holds nothing is there until it is collected. */
function mayStay({ state, holds, origin }: EngineRecord): boolean {
  return (state === 'running' || state === 'starting') && (holds || origin !== 'convention')
}

function stayOf({ lifetimes }: StartPlace, ages: readonly number[], soonestMs: number): Stay {
  if (lifetimes === null || lifetimes.total < enoughSiblings) {
    return { isKnown: false, left: ages.length, overdueMs: Number.POSITIVE_INFINITY }
  }
  const usualMs = lifetimes.usualMs()
  // Where as many that got this old were stopped all the same, as keep-alive connections are, to get old is no fault.
  const outlivedMs = Math.max(usualMs, lifetimes.outlivedFrom(ages))
  return {
    isKnown: true,
    left: ages.filter((ms) => ms >= outlivedMs).length,
    overdueMs: Math.max(soonestMs, usualMs * overdueTimes, outlivedMs),
  }
}

export function isOverdue({ place, state, startedAt }: EngineRecord, stays: Stays, ageOf: AgeOf): boolean {
  if (place === null || (state !== 'running' && state !== 'starting')) return false
  const stay = stays.get(place)
  return stay !== undefined && ageOf(startedAt) > stay.overdueMs
}
