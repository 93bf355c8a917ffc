/** The reports of this thread: what is alive is judged, what was judged is composed, what was composed is delivered. */

import type { EngineRecord } from '../core/records/engine-record.ts'
import { atOnce, inSlices, type Steps } from '../core/time/steps.ts'
import type { Judged } from '../judge/judge.ts'
import type { Printed } from '../report/output/publish.ts'
import type { Engine, Report } from '../report/schema/report.ts'
import type { Settings } from '../settings/settings.ts'
import type { Checker } from './checker.ts'
import type { Program } from './composing.ts'
import { delivering, isForLogs, isWanted, tellListeners } from './delivering.ts'
import { judgeAfterGrace, judging, type Occasion, stockOfThread, type TakeStock } from './judging.ts'
import type { FoundLeak, LeaksOfChecks } from './leaks-of-checks.ts'

export type { Occasion } from './judging.ts'

type Composing = typeof import('./composing.ts')

/** Read from the disk when first needed, in whatever state the process is: at its exit too. */
const late = (): Composing => require('./composing.js') as Composing

/** What takes the longest to load, part by part: at once it is longer than a server should be held up. */
const parts: readonly (() => unknown)[] = [
  () => require('../report/sources/sources.js'),
  () => require('../judge/fingerprint.js'),
  () => require('../report/model/build.js'),
  () => require('../report/formats/text.js'),
]

function* loading(): Steps<void> {
  for (const load of parts) {
    load()
    yield
  }
}

export class Reporter {
  readonly #settings: Settings
  readonly #program: Program
  readonly #takeStock: TakeStock
  readonly #leaks: LeaksOfChecks = { askers: 0, found: null }
  #checker: Checker | null = null
  /** A test suite judges by itself when it is done: what checks say in between is noise. */
  isAsserted = false

  constructor(settings: Settings, program: Program, takeStock: TakeStock = stockOfThread) {
    this.#settings = settings
    this.#program = program
    this.#takeStock = takeStock
  }

  /** As things stand. */
  judge(occasion: Occasion): Judged {
    return atOnce(this.judging(occasion))
  }

  /** The same in steps. */
  judging(occasion: Occasion): Steps<Judged> {
    return judging(occasion, this.#settings, this.#takeStock)
  }

  /** Once what is closing has closed, or the grace time is over. `hold`: the wait keeps the process alive. */
  judgeAfterGrace(occasion: Occasion, hold: boolean): Promise<Judged> {
    const graceMs = occasion.graceMs ?? this.#settings.graceMs
    return judgeAfterGrace(() => this.judging(occasion), graceMs, hold)
  }

  /** The report of what was judged. `isRevised`: that was a while ago, and only what is still true is told. */
  compose(judged: Judged, occasion: Occasion, isRevised: boolean): Report {
    return atOnce(this.#composing(judged, occasion, isRevised))
  }

  /** The same in steps: the program goes on between them, and only what is still true at the end is told. */
  *composing(judged: Judged, occasion: Occasion): Steps<Report> {
    yield* loading()
    return yield* this.#composing(judged, occasion, true)
  }

  /** The report as things stand. */
  make(occasion: Occasion): Report {
    return this.compose(this.judge(occasion), occasion, false)
  }

  /** The same; `null` where there is nothing to report. `isForPrint`: only leaks are printed, and nobody else wants it. */
  makeIfAny(occasion: Occasion, isForPrint: boolean): Report | null {
    const judged = this.judge(occasion)
    const { faults } = judged
    if (faults.length === 0) return null
    const isInLogs = occasion.isSudden === true && isForLogs(this.#settings)
    if (isForPrint && !isInLogs && !faults.some((fault) => isWanted(fault, this.#settings))) return null
    const report = this.compose(judged, occasion, false)
    return report.findings.length === 0 ? null : report
  }

  /** The report once what is closing has closed, or the grace time is over. */
  async makeAfterGrace(occasion: Occasion): Promise<Report> {
    const judged = await this.judgeAfterGrace(occasion, true)
    return inSlices(this.composing(judged, occasion), true)
  }

  /** Looks for what a live process should be told of, and tells what has appeared since the last check, and what is over. */
  async check(): Promise<void> {
    if (!this.isAsserted) await this.#check().check()
  }

  /** The same between two checks, where callers have waited for too long. */
  async look(): Promise<void> {
    if (!this.isAsserted) await this.#check().look()
  }

  /** Has checks look for leaks of all kinds. Returns its undo. */
  askForLeaks(): () => void {
    const leaks = this.#leaks
    leaks.askers += 1
    let isAsking = true
    return () => {
      if (!isAsking) return
      isAsking = false
      leaks.askers -= 1
      if (leaks.askers === 0) leaks.found = null
    }
  }

  /** Those that the last check found; `null`: none has looked since somebody asks. */
  leaksOfChecks(): readonly FoundLeak[] | null {
    return this.#leaks.found
  }

  #check(): Checker {
    if (this.#checker === null) {
      const { Checker } = require('./checker.js') as typeof import('./checker.ts')
      this.#checker = new Checker(this, this.#settings, this.#leaks)
    }
    return this.#checker
  }

  /** Whoever else has the report prints and saves it. */
  tellListeners(report: Report): void {
    tellListeners(report)
  }

  /** Tells listeners, prints and saves. */
  deliver(report: Report, printed: Printed = true): void {
    atOnce(this.delivering(report, printed))
  }

  /** The same in steps. */
  delivering(report: Report, printed: Printed): Steps<void> {
    return delivering(report, this.#settings, printed)
  }

  /** The text report. */
  text(report: Report): string {
    const { formatText } = require('../report/formats/text.js') as typeof import('../report/formats/text.ts')
    return formatText(report)
  }

  /** One engine, as a report shows it. */
  engine(record: EngineRecord): Engine {
    return late().describeEngine(record)
  }

  *#composing(judged: Judged, occasion: Occasion, isRevised: boolean): Steps<Report> {
    const { composing } = late()
    yield
    return yield* composing(judged, occasion, this.#program, this.#settings, isRevised)
  }
}
