/** The engines that were started and have not ended. */
import type { EngineRecord } from '../records/engine-record.ts'
import { endYoungPeriod } from '../time/young-period.ts'
import { endByItself, endIfClosed } from './life.ts'
import { startPlace } from './start-place.ts'
import { state } from './state.ts'

/** Starts, what became of them, and `failed`: those that threw or rejected. */
export function engineCounts(): Readonly<typeof state.counts> {
  return state.counts
}

/** Calls back once, when the first engine is started. */
export function whenFirstStarted(callback: () => void): void {
  state.whenFirstStarted = callback
}

/** Engines of Node's own that were told to close are looked at before another counts as stopped: it may have waited for them. */
export function beforeStopped(look: () => void): void {
  state.lookAtClosing = look
}

/** Called before stock is taken: who has ended may have to be looked for. */
export function whenStockIsTaken(look: () => void): void {
  state.lookBeforeStock.push(look)
}

/** What is young is looked at with all else: how far it has come decides nothing. */
export function lookBeforeStock(): void {
  endYoungPeriod()
  for (const look of state.lookBeforeStock) look()
}

/** Every engine that was started and not stopped, but those that hold nothing at the moment. */
export function runningEngines(): EngineRecord[] {
  return [...state.alive].filter((record) => record.isDormant?.() !== true)
}

const sweptFrom = 4096

/** Looks through the table where it has doubled since the last look. */
export function sweepIfMany(): void {
  if (state.alive.size > state.sweepAt) sweepEngines()
}

/**
 * Drops engines that ended by themselves (a child process that exited) and those that were collected: a million
 * instances dropped without a stop leave no memory behind.
 */
export function sweepEngines(): void {
  for (const record of state.alive) {
    if (record.isOpen !== null) endIfClosed(record)
    if (record.isOpen !== null && record.traits === null) continue
    if (record.isDormant !== null && record.state === 'stopping') {
      if (record.isDormant()) endByItself(record)
    } else if (
      record.origin !== 'explicit' &&
      record.target !== null &&
      record.target.deref() === undefined
    ) {
      // A handle of it that lives holds the record itself, and brings it back into the report; it counts among its siblings.
      if (record.holds) startPlace(record)
      state.alive.delete(record)
    }
  }
  state.sweepAt = Math.max(sweptFrom, state.alive.size * 2)
}
