/** Judges what is alive, and has reports made of it where there is something to say. */

import type { Checker } from './checker.ts'
import { awakeBetween } from './core/awake.ts'
import { stackMode, stackTally } from './core/budget.ts'
import { now, wait } from './core/clock.ts'
import type { EngineRecord } from './core/engine-record.ts'
import { engineCounts } from './core/engines.ts'
import { emitFinding, hasListeners } from './core/events.ts'
import { faults as ownFaults } from './core/faults.ts'
import { lookingAtOwners } from './core/handle-table.ts'
import { judgedAt, shutdown } from './core/shutdown.ts'
import { atOnce, inSlices, type Steps, stepSize } from './core/steps.ts'
import { type LeftOut, lookingAtEngines, takingStock } from './core/stock.ts'
import { unreadFiles } from './detect/loader.ts'
import { decideFileHandle, pooledSockets } from './detect/node/watch.ts'
import { frozenClasses } from './detect/wrap.ts'
import { concernsProgram, isBorrowedThread } from './judge/borrowed-thread.ts'
import { withoutClosing } from './judge/closing.ts'
import type { IgnoreRule } from './judge/ignore.ts'
import { type Fault, type Judged, judging } from './judge/judge.ts'
import { withoutRunnersOwn } from './judge/runners-own.ts'
import { isOverdue, lookingAtStays, type Stays } from './judge/staying.ts'
import { isFinal, type Trigger } from './judge/verdict.ts'
import { withoutWaitingServers } from './judge/waiting-servers.ts'
import type { Engine, Report } from './report/report.ts'
import type { OriginalColumn } from './report/sources.ts'
import { secondOpinion } from './second-opinion.ts'
import type { Settings } from './settings.ts'

export interface Occasion {
  trigger: Trigger
  exitCode?: number
  signal?: string
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

const check: Occasion = { trigger: 'check' }
/** Nothing that has run for less is overdue. */
const overdueMs = 10_000
/** It also has to have been there for so many checks: what does not last that long ends by itself. */
const checksSeen = 3
const noStays: Stays = new Map()

type Publishing = typeof import('./report/publish.ts')

/** Read from the disk when first needed, in whatever state the process is: at its exit too. */
const publishing = (): Publishing => require('./report/publish.js') as Publishing

/** What takes the longest to load, part by part: at once it is longer than a server should be held up. */
function* loading(): Steps<void> {
  for (const part of [
    './report/sources.js',
    './judge/fingerprint.js',
    './report/build.js',
    './report/text.js',
  ]) {
    require(part)
    yield
  }
}

const originalColumn = (): OriginalColumn =>
  (require('./detect/original-column.js') as typeof import('./detect/original-column.ts')).originalColumn

/** What no report of this process can know. */
const lateImport =
  'what was created before leakwatch was imported, and engines of modules loaded before it: preload it with ' +
  '`node --import leakwatch`'
const longestPauseMs = 50

export class Reporter {
  readonly #settings: Settings
  readonly #main: string | null
  readonly #isLate: boolean
  #checker: Checker | null = null
  /** A test suite judges by itself when it is done: what checks say in between is noise. */
  isAsserted = false

  constructor(settings: Settings, main: string | null, isLate: boolean) {
    this.#settings = settings
    this.#main = main
    this.#isLate = isLate
  }

  /** The report as things stand; `null` where there is nothing to report. `isPrinted`: only leaks are, and nobody else wants it. */
  makeIfAny(occasion: Occasion, isPrinted = false): Report | null {
    const judged = atOnce(this.#judging(occasion))
    const { faults } = judged
    if (faults.length === 0 || (isPrinted && !faults.some((fault) => this.isTold(fault)))) return null
    const report = atOnce(this.#composing(judged, occasion, false))
    return report.findings.length === 0 ? null : report
  }

  /** What would be blamed as things stand. */
  judge(occasion: Occasion): Fault[] {
    return atOnce(this.#judging(occasion)).faults
  }

  /** The report as things stand. */
  make(occasion: Occasion): Report {
    return atOnce(this.#composing(atOnce(this.#judging(occasion)), occasion, false))
  }

  /** The report as things stand, after the grace time where something would be blamed; the event loop goes round meanwhile. */
  async makeMeanwhile(occasion: Occasion): Promise<Report> {
    const judged = await this.settle(occasion, true)
    return inSlices(this.#composing(judged, occasion, true), true)
  }

  /** The same from what `settle` gave, and delivers it. */
  *answering(judged: Judged, occasion: Occasion, deliver: (report: Report) => Steps<void>): Steps<void> {
    const report = yield* this.#composing(judged, occasion, true)
    yield
    yield* deliver(report)
  }

  /**
   * Waits, while something would be blamed, until it has closed or the grace time is over. `hold`: the wait keeps the
   * process alive. Gives what it judged last.
   */
  async settle(occasion: Occasion, hold: boolean): Promise<Judged> {
    const graceMs = occasion.graceMs ?? this.#settings.graceMs
    const from = now()
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const judged = await inSlices(this.#judging(occasion), hold)
      const leftMs = graceMs - (now() - from)
      if (leftMs <= 0 || !judged.faults.some(({ severity }) => severity === 'leak')) return judged
      await wait(Math.min(pauseMs, leftMs), hold)
    }
  }

  /** Looks for what a live process should be told of, and tells what has appeared since the last check, and what is over. */
  async check(): Promise<void> {
    if (this.isAsserted) return
    if (this.#checker === null) {
      const { Checker } = require('./checker.js') as typeof import('./checker.ts')
      this.#checker = new Checker({
        glancing: (learn) => this.#glancing(learn),
        judging: () => this.#judging(check),
        composing: (judged) => this.#composing(judged, check, true),
        delivering: (report) => this.delivering(report, true),
        originalColumn,
        graceMs: this.#settings.graceMs,
        checkMs: this.#settings.checkMs,
      })
    }
    await this.#checker.check()
  }

  /** The text report. */
  text(report: Report): string {
    return publishing().asText(report)
  }

  /** One engine, as a report shows it. */
  engine(record: EngineRecord): Engine {
    return publishing().describeEngine(record, originalColumn())
  }

  /** Whether anybody is told of it, where only leaks are printed. */
  isTold({ severity }: Fault): boolean {
    return severity === 'leak' || this.#settings.out !== null || hasListeners('finding')
  }

  /** Tells listeners, prints and saves. */
  deliver(report: Report, isPrinted = true): void {
    atOnce(this.delivering(report, isPrinted))
  }

  /** The same in steps. */
  *delivering(report: Report, isPrinted: boolean): Steps<void> {
    this.tell(report)
    yield* publishing().publishing(report, this.#settings, isPrinted)
  }

  /** Tells listeners only: somebody else prints and saves. */
  tell(report: Report): void {
    for (const finding of report.findings) emitFinding(finding)
  }

  /** Whether a check may find anything: that is told by the engines, mostly, and they are fewer than the handles. */
  *#glancing(learn: (stays: Stays) => void): Steps<boolean> {
    const at = now()
    const engines = yield* lookingAtEngines()
    const stays = yield* this.#lookingAtStays(engines, check.trigger, at)
    learn(stays)
    const owners = yield* lookingAtOwners()
    const ageOf = (startedAt: number): number => awakeBetween(startedAt, at)
    const mayBeTold = ({ place, state, stopCalledAt, target }: EngineRecord): boolean =>
      place?.growth?.isGrowing === true ||
      (state === 'stopping' && at - (stopCalledAt ?? at) > this.#settings.stallMs) ||
      (target !== null && target.deref() === undefined)
    let count = 0
    for (const some of [engines, owners]) {
      for (const engine of some) {
        if (mayBeTold(engine) || isOverdue(engine, stays, ageOf)) return true
        count += 1
        if (count % stepSize === 0) yield
      }
    }
    return false
  }

  *#lookingAtStays(engines: readonly EngineRecord[], trigger: Trigger, at: number): Steps<Stays> {
    if (isFinal(trigger)) return noStays
    const soonestMs =
      trigger === 'check' ? Math.max(overdueMs, (checksSeen - 1) * this.#settings.checkMs) : overdueMs
    return yield* lookingAtStays(engines, (from) => awakeBetween(from, at), soonestMs)
  }

  *#judging({ trigger, counts, leftOut, isUnruled }: Occasion): Steps<Judged> {
    const { graceMs, stallMs } = this.#settings
    decideFileHandle()
    const now = judgedAt()
    const all = yield* takingStock(pooledSockets, leftOut)
    const stock = trigger === 'exit' ? withoutClosing(all, now, graceMs) : all
    const ageOf = (startedAt: number): number => awakeBetween(startedAt, now)
    const stays = yield* this.#lookingAtStays(stock.engines, trigger, now)
    const judged = yield* judging(stock, { trigger, now, graceMs, stallMs, stays, ageOf })
    const blamed = withoutWaitingServers(judged)
    const programs = isBorrowedThread() ? blamed.filter(concernsProgram) : blamed
    const faults = isUnruled === true ? programs : withoutRunnersOwn(programs, trigger)
    return { stock, faults: counts === undefined ? faults : faults.filter(counts) }
  }

  /** `isRevised`: the program goes on meanwhile, and only what is still true at the end is told. */
  *#composing({ stock, faults }: Judged, occasion: Occasion, isRevised: boolean): Steps<Report> {
    if (isRevised) yield* loading()
    const { composing } = publishing()
    yield
    const { trigger, exitCode = null, signal = null, ignore = [] } = occasion
    const options = {
      tally: { engines: engineCounts, stacks: stackTally(), faults: ownFaults(), shutdown: shutdown() },
      trigger,
      main: this.#main,
      exitCode,
      signal,
      ignore: occasion.isUnruled === true ? [] : [...this.#settings.ignore, ...ignore],
      notCovered: this.#notCovered(),
      why: secondOpinion(),
      originalColumn: originalColumn(),
    }
    return yield* composing(stock, faults, this.#settings, options, isRevised)
  }

  #notCovered(): string[] {
    return [
      ...(this.#isLate ? [lateImport] : []),
      ...[...frozenClasses].map((name) => `${name}: its methods are frozen`),
      ...[...unreadFiles].map((file) => `${file}: it could not be read`),
      ...(stackMode() === 'off' ? ['where things were created: LEAKWATCH_STACKS is off'] : []),
    ]
  }
}
