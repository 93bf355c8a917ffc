/** A check's first look: whether it may find anything. The engines mostly tell that, and they are fewer than the handles. */

import { holdersAmong, lookingAtOwners } from '../core/handles/live-handles.ts'
import type { EngineRecord } from '../core/records/engine-record.ts'
import { patienceMs, type Waiting } from '../core/records/waiting.ts'
import { lookingAtEngines } from '../core/stock.ts'
import { now } from '../core/time/clock.ts'
import { type Steps, stepSize } from '../core/time/steps.ts'
import { runningMsBetween } from '../core/time/suspensions.ts'
import { isOverdue, type SiblingsByPlace } from '../judge/siblings/siblings.ts'
import { comparing, type JudgingSettings } from './judging.ts'

/** Calls `learn` with what runs. `isThorough`: also for what no check reports, and metrics tell. */
export function* glancing(
  settings: JudgingSettings,
  learn: (siblings: SiblingsByPlace) => void,
  isThorough: boolean,
): Steps<boolean> {
  const at = now()
  const engines = yield* lookingAtEngines()
  const siblings = yield* comparing(engines, 'check', at, settings)
  learn(siblings)
  const owners = yield* lookingAtOwners()
  const ageOf = (startedAt: number): number => runningMsBetween(startedAt, at)
  const isSuspect = ({ place, state, stopCalledAt, target, waiting }: EngineRecord): boolean =>
    place?.growth?.isGrowing === true ||
    hasWaited(waiting?.() ?? null, at) ||
    (state === 'stopping' && at - (stopCalledAt ?? at) > settings.stallMs) ||
    (target !== null && target.deref() === undefined)
  const over = new Set<EngineRecord>()
  let count = 0
  for (const some of [engines, owners]) {
    for (const engine of some) {
      if (isSuspect(engine) || isOverdue(engine, siblings, ageOf)) return true
      if (isThorough && wasStartedAnew(engine)) return true
      for (const each of [engine, engine.parent]) if (each !== null && isOver(each)) over.add(each)
      count += 1
      if (count % stepSize === 0) yield
    }
  }
  // The stop of these, or a start that failed, has left something.
  return isThorough && over.size > 0 && holdersAmong(over).size > 0
}

function wasStartedAnew({ starts, firstStart, stoppedBefore }: EngineRecord): boolean {
  return starts > firstStart || stoppedBefore !== null
}

function isOver({ state }: EngineRecord): boolean {
  return state === 'stopped' || state === 'failed'
}

function hasWaited(callers: Waiting | null, at: number): boolean {
  return callers !== null && at - callers.since >= patienceMs(callers.limitMs)
}
