/** What a check looks for and tells of. Loaded with the first one. */
import { awakeBetween } from './core/awake.ts'
import { now, wait } from './core/clock.ts'
import { inSlices, type Steps } from './core/steps.ts'
import type { Judged } from './judge/judge.ts'
import type { Stays } from './judge/staying.ts'
import { isTold } from './judge/verdict.ts'
import { type IdOf, identify } from './report/grouping.ts'
import type { Report } from './report/report.ts'
import { type OriginalColumn, sources } from './report/sources.ts'
import { type News, Told } from './told.ts'

/** The steps of a report. */
export interface Making {
  /** Whether judging may find anything; calls `learn` with what runs. */
  glancing(learn: (stays: Stays) => void): Steps<boolean>
  judging(): Steps<Judged>
  composing(judged: Judged): Steps<Report>
  delivering(report: Report): Steps<void>
  originalColumn(): OriginalColumn
  graceMs: number
  checkMs: number
}

export class Checker {
  readonly #making: Making
  readonly #told = new Told()
  #lastAt: number

  constructor(making: Making) {
    this.#making = making
    // The first comes that long after the first engine.
    this.#lastAt = now() - making.checkMs
  }

  /** In slices: what takes longer is done only where there is something to be found, or to be told. */
  async check(): Promise<void> {
    const { glancing, composing, delivering, graceMs } = this.#making
    const at = now()
    const sinceMs = awakeBetween(this.#lastAt, at)
    this.#lastAt = at
    const learn = (stays: Stays) => this.#told.count(stays, sinceMs)
    const isSuspicious = await inSlices(glancing(learn), false)
    if (!isSuspicious && this.#told.isEmpty) return
    let { judged, news } = await this.#look()
    if (news.fresh.length + news.over.length === 0) return
    if (news.fresh.length > 0) {
      // What is closing at this moment is no news.
      await wait(graceMs, false)
      ;({ judged, news } = await this.#look())
    }
    const report = await inSlices(composing({ ...judged, faults: news.fresh }), false)
    const resolved = this.#told.settle(report, news)
    if (report.findings.length + resolved.length > 0) {
      await inSlices(delivering({ ...report, resolved }), false)
    }
  }

  async #look(): Promise<{ judged: Judged; news: News }> {
    const judged = await inSlices(this.#making.judging(), false)
    const faults = judged.faults.filter(({ kind, severity }) => severity === 'leak' && isTold(kind, 'check'))
    return { judged, news: this.#told.news(faults, () => this.#identify()) }
  }

  /** Made anew each time: it keeps what it has read of the program's source. */
  #identify(): IdOf {
    return identify(sources(this.#making.originalColumn()))
  }
}
