/** What a check looks for and tells of. Loaded with the first one. */

import { now, wait } from '../core/time/clock.ts'
import { inSlices, type Steps } from '../core/time/steps.ts'
import { runningMsBetween } from '../core/time/suspensions.ts'
import { originalColumn } from '../detect/transform/original-column.ts'
import type { Judged } from '../judge/judge.ts'
import { isReportedAt } from '../judge/kinds/by-subject.ts'
import type { SiblingsByPlace } from '../judge/siblings/siblings.ts'
import { type IdOf, identify } from '../report/model/grouping.ts'
import type { Report } from '../report/schema/report.ts'
import { sources } from '../report/sources/sources.ts'
import { glancing } from './glance.ts'
import type { JudgingSettings, Occasion } from './judging.ts'
import type { LeaksOfChecks } from './leaks-of-checks.ts'
import { type Changes, ReportedFindings } from './reported-findings.ts'

const occasion: Occasion = { trigger: 'check' }

/** The steps of a report. */
export interface ReportSteps {
  judging(occasion: Occasion): Steps<Judged>
  composing(judged: Judged, occasion: Occasion): Steps<Report>
  delivering(report: Report, isPrinted: boolean): Steps<void>
}

export class Checker {
  readonly #steps: ReportSteps
  readonly #settings: JudgingSettings
  readonly #reported = new ReportedFindings()
  readonly #leaks: LeaksOfChecks
  #lastAt: number
  #isAtWork = false

  constructor(steps: ReportSteps, settings: JudgingSettings, leaks: LeaksOfChecks) {
    this.#steps = steps
    this.#settings = settings
    this.#leaks = leaks
    // The first check comes that long after the first engine.
    this.#lastAt = now() - settings.checkMs
  }

  /** In slices: what takes longer is done only where there is something to be found, or to be told. */
  async check(): Promise<void> {
    const at = now()
    const sinceMs = runningMsBetween(this.#lastAt, at)
    this.#lastAt = at
    const learn = (siblings: SiblingsByPlace) => this.#reported.learn(siblings, sinceMs)
    const leaks = this.#leaks
    const isSuspicious = await inSlices(glancing(this.#settings, learn, leaks.askers > 0), false)
    const hadLeaks = leaks.found !== null && leaks.found.length > 0
    if (isSuspicious || !this.#reported.isEmpty || hadLeaks) await this.#tell()
    else if (leaks.askers > 0) leaks.found = []
  }

  /** Looks between two checks at what callers wait for: nothing is learnt from it of how engines live. */
  async look(): Promise<void> {
    await this.#tell()
  }

  async #tell(): Promise<void> {
    // Whoever is at it tells of this, too.
    if (this.#isAtWork) return
    this.#isAtWork = true
    try {
      await this.#tellChanges()
    } finally {
      this.#isAtWork = false
    }
  }

  async #tellChanges(): Promise<void> {
    let { judged, changes } = await this.#look()
    const isKept = this.#leaks.askers > 0 && judged.faults.some(({ severity }) => severity === 'leak')
    if (changes.appeared.length > 0 || isKept) {
      // What is closing at this moment is no change.
      await wait(this.#settings.graceMs, false)
      ;({ judged, changes } = await this.#look())
    }
    const found = isKept ? await this.#findLeaks(judged) : []
    this.#leaks.found = this.#leaks.askers > 0 ? found : null
    if (changes.appeared.length + changes.over.length === 0) return
    const news = { ...judged, faults: changes.appeared }
    const report = await inSlices(this.#steps.composing(news, occasion), false)
    const resolved = this.#reported.note(report, changes)
    if (report.findings.length + resolved.length > 0) {
      await inSlices(this.#steps.delivering({ ...report, resolved }, true), false)
    }
  }

  #findLeaks(judged: Judged): Promise<LeaksOfChecks['found']> {
    const { findingLeaks } = require('./leaks-of-checks.js') as typeof import('./leaks-of-checks.ts')
    const composing = (leaks: Judged) => this.#steps.composing(leaks, occasion)
    return inSlices(findingLeaks(judged, composing), false)
  }

  async #look(): Promise<{ judged: Judged; changes: Changes }> {
    const judged = await inSlices(this.#steps.judging(occasion), false)
    const faults = judged.faults.filter(
      ({ kind, severity }) => severity === 'leak' && isReportedAt(kind, 'check'),
    )
    return { judged, changes: this.#reported.compare(faults, identifier) }
  }
}

/** Made anew each time: it keeps what it has read of the program's source. */
function identifier(): IdOf {
  return identify(sources(originalColumn))
}
