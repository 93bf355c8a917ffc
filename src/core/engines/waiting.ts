/** Callers that wait for what an engine lends: they are looked at before the next check may come. */
import type { EngineRecord } from '../records/engine-record.ts'
import { patienceMs } from '../records/waiting.ts'
import { now } from '../time/clock.ts'
import { state } from './state.ts'

/** A caller begins to wait. */
export function noteWaiting(limitMs: number | null): void {
  if (state.isAwaited || state.whenCallersWait === null) return
  state.isAwaited = true
  state.whenCallersWait(patienceMs(limitMs))
}

/** In how many milliseconds somebody will have waited too long; 0: somebody has. `null`: nobody waits. */
export function waitedTooLongIn(): number | null {
  let soonest: number | null = null
  for (const engine of state.alive) {
    const dueMs = dueIn(engine)
    if (dueMs !== null) soonest = Math.min(soonest ?? dueMs, dueMs)
  }
  return soonest
}

function dueIn({ waiting }: EngineRecord): number | null {
  const callers = waiting?.() ?? null
  return callers === null ? null : Math.max(0, callers.since + patienceMs(callers.limitMs) - now())
}

/** Somebody has looked, and nobody waits. */
export function forgetWaiting(): void {
  state.isAwaited = false
}
