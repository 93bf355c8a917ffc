/** First step of a report: an occasion in, what is alive and what is wrong with it out. */

import { shutdown } from '../core/engines/begun-shutdown.ts'
import { endAskedAt, judgedAt } from '../core/engines/shutdown.ts'
import type { EngineRecord } from '../core/records/engine-record.ts'
import { attempt } from '../core/self/faults.ts'
import { type LeftOut, type OwnedHandle, type Stock, takingStock } from '../core/stock.ts'
import { now, wait } from '../core/time/clock.ts'
import { inSlices, type Steps } from '../core/time/steps.ts'
import { runningMsBetween } from '../core/time/suspensions.ts'
import { decideFileHandle, pooledSockets } from '../detect/node/watch.ts'
import { concernsProgram, isBorrowedThread, isMainOfDependency } from '../judge/borrowed-thread.ts'
import { withoutClosing, withoutHold } from '../judge/closing.ts'
import { excusingDependencies, isOpenedByDependency } from '../judge/dependencies-own.ts'
import { withoutTheirTurn } from '../judge/hanging-stops.ts'
import { heldByLeases } from '../judge/held-by-leases.ts'
import { withHeldByLoans } from '../judge/held-by-loans.ts'
import type { IgnoreRule } from '../judge/ignore.ts'
import { type Fault, type Judged, judging as judgingStock } from '../judge/judge.ts'
import { isFinal, type Trigger } from '../judge/kinds/trigger.ts'
import { withoutCollectedSiblings } from '../judge/one-bug.ts'
import { withoutPassingTimers } from '../judge/passing-timers.ts'
import { withoutRunnersOwn } from '../judge/runners-own.ts'
import { comparingSiblings, type SiblingsByPlace } from '../judge/siblings/siblings.ts'
import { withoutWaiting } from '../judge/waiting-servers.ts'
import { withoutWatchdogs } from '../judge/watchdogs.ts'
import type { Settings } from '../settings/settings.ts'
import { markingParting } from './parting-clients.ts'

/** What a report is made for. */
export interface Occasion {
  trigger: Trigger
  exitCode?: number
  signal?: string
  /** The signal ends a program that had no chance to stop anything: what runs is judged as in a live report. */
  isSudden?: boolean
  /** Nothing was left to wait for: what is open has not kept the process alive. */
  endsByItself?: boolean
  /** Rules beside those of the settings. */
  ignore?: readonly IgnoreRule[]
  /** Which faults count. */
  counts?: (fault: Fault) => boolean
  graceMs?: number
  /** Of what is meant to stay; else all of it. */
  leftOut?: LeftOut
  /** No rule ignores anything, and what a runner opened for itself is among it. */
  isUnruled?: boolean
}

export type JudgingSettings = Pick<Settings, 'graceMs' | 'stallMs' | 'checkMs'>
export type TakeStock = (leftOut?: LeftOut) => Steps<Stock>

/** An engine that has run for less is not overdue. */
const overdueMs = 10_000
/** It also has to have been there for so many checks: what does not last that long ends by itself. */
const checksSeen = 3
const longestPauseMs = 50
const noSiblings: SiblingsByPlace = new Map()

/** All that is alive in this thread. */
export const stockOfThread: TakeStock = (leftOut) => takingStock(pooledSockets, leftOut)

export function* judging(
  occasion: Occasion,
  settings: JudgingSettings,
  takeStock: TakeStock = stockOfThread,
): Steps<Judged> {
  const { trigger, counts, leftOut, isUnruled } = occasion
  const judgedAs = judgedAsIn(occasion)
  const { graceMs, stallMs } = settings
  decideFileHandle()
  const at = judgedAt()
  const taken = withHeldByLoans(yield* takeStock(leftOut))
  attempt('looking for loops', () => lookForRounds(taken, trigger))
  const all = occasion.endsByItself === true ? withoutHold(taken) : taken
  const stock = trigger === 'exit' ? withoutClosing(markingParting(all, at, graceMs), at, graceMs) : all
  const ageOf = (startedAt: number): number => runningMsBetween(startedAt, at)
  const siblings = yield* comparing(stock.engines, judgedAs, at, settings)
  const blamable = withoutPassingTimers(withoutWatchdogs(stock, endAskedAt()))
  const judged = yield* judgingStock(blamable, {
    trigger: judgedAs,
    now: at,
    graceMs,
    stallMs,
    siblings,
    ageOf,
  })
  // First: what a stop waits for is told, whatever comes after that stop.
  const waitedFor = withoutWaiting(heldByLeases(judged))
  const blamed = isFinal(judgedAs)
    ? withoutTheirTurn(withoutCollectedSiblings(waitedFor), isWaitedFor)
    : waitedFor
  const excused = excusingDependencies(blamed, trigger === 'exit' && isMainOfDependency())
  const programs = isBorrowedThread() ? excused.filter(concernsProgram) : excused
  const told = isUnruled === true ? programs : withoutRunnersOwn(programs, trigger)
  const faults = judgedAs === 'exit' && occasion.endsByItself !== true ? joinedByExit(told) : told
  return { stock, faults: counts === undefined ? faults : faults.filter(counts) }
}

/** What `process.exit()` has cut off is one fault, where a stop of a dependency's was not waited for. */
function joinedByExit(faults: Fault[]): Fault[] {
  if (!faults.some(isOpenedByDependency)) return faults
  const { asUnawaitedStop } = require('./unawaited-stop.js') as typeof import('./unawaited-stop.ts')
  return asUnawaitedStop(faults, shutdown()?.order ?? [])
}

/** Whether the code that stops an engine goes on once that is done. What is not the program's own is not read: it may. */
function isWaitedFor({ stopped }: EngineRecord): boolean {
  const { nextStepAfter } = require('./next-step.js') as typeof import('./next-step.ts')
  return nextStepAfter(stopped) !== false
}

/** Few processes have a timer that may be one of a chain. */
function lookForRounds(stock: Stock, trigger: Trigger): void {
  const mayBe = ({ live, owner, dueMs }: OwnedHandle): boolean =>
    live.record.round !== null || (owner?.state === 'failed' && dueMs !== null)
  if (!stock.handles.some(mayBe)) return
  const { joinRounds } = require('./rounds.js') as typeof import('./rounds.ts')
  joinRounds(stock, trigger)
}

/** The trigger whose rules hold. */
export function judgedAsIn({ trigger, isSudden }: Occasion): Trigger {
  return isSudden === true ? 'signal' : trigger
}

/** How engines compare with their siblings at this moment; in a final report they do not. */
export function* comparing(
  engines: readonly EngineRecord[],
  trigger: Trigger,
  at: number,
  { checkMs }: JudgingSettings,
): Steps<SiblingsByPlace> {
  if (isFinal(trigger)) return noSiblings
  const soonestMs = trigger === 'check' ? Math.max(overdueMs, (checksSeen - 1) * checkMs) : overdueMs
  return yield* comparingSiblings(engines, (from) => runningMsBetween(from, at), soonestMs)
}

/**
 * Judges again and again while there is a leak, until it has closed or `graceMs` are over. Gives the last judgement. `hold`: the
 * wait keeps the process alive.
 */
export async function judgeAfterGrace(
  judge: () => Steps<Judged>,
  graceMs: number,
  hold: boolean,
): Promise<Judged> {
  const from = now()
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const judged = await inSlices(judge(), hold)
    const leftMs = graceMs - (now() - from)
    if (leftMs <= 0 || !judged.faults.some(({ severity }) => severity === 'leak')) return judged
    await wait(Math.min(pauseMs, leftMs), hold)
  }
}
