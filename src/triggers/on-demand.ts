/** Reports on demand: for everybody to read, or for whoever asks from outside. Loaded with the first. */

import { judgedByTests, reportedByTests } from '../core/records/test-scope.ts'
import { attempt, recordFault } from '../core/self/faults.ts'
import { atOnce, inSlices, type Steps } from '../core/time/steps.ts'
import type { Judged } from '../judge/judge.ts'
import type { Occasion, Reporter } from '../live/reporter.ts'
import { isView } from '../processes/presence/entry.ts'
import type { Presence } from '../processes/presence/presence.ts'
import type { Member } from '../processes/tree/member.ts'
import type { Report } from '../report/schema/report.ts'

type Deliver = (report: Report) => Steps<void>

/** For each report on demand that is being made, what finishes it at once. */
const underway = new Set<() => void>()

/** For everybody to read. */
export function demand(reporter: Reporter, signal: string): void {
  void make(reporter, { trigger: 'signal', signal }, (report) => reporter.delivering(report, true))
}

/**
 * Whether the signal came from leakwatch's own command line. Then the answer goes there alone, and the program learns nothing: its
 * stderr stays empty, its listeners are not called. `dump` and `ps` ask what is there, `top` how many of it. `run`, about to end the
 * process, asks what holds it.
 */
export function isAnswered(
  reporter: () => Reporter,
  presence: Presence | null,
  member: Member | null,
): boolean {
  const requests = presence?.claim() ?? null
  if (requests !== null && requests.length > 0 && presence !== null) {
    const [views, reports] = [requests.filter(isView), requests.filter((each) => !isView(each))]
    for (const view of views) show(reporter(), presence, view)
    const answer: Deliver = (report) => presence.answering(reports, report)
    if (reports.length > 0)
      void make(reporter(), { trigger: 'signal' }, answer, (error) => presence.fail(reports, error))
  }
  if (member?.isReportRequested()) {
    void make(
      reporter(),
      { trigger: 'stall', leftOut: (reason) => !isOfTestRun(reason) },
      function* (report) {
        if (member.sendReport(report, true)) reporter().tellListeners(report)
        else yield* reporter().delivering(report, true)
      },
    )
    return true
  }
  return requests !== null
}

/** Checks look for leaks only for as long. */
function show(reporter: Reporter, presence: Presence, view: string): void {
  const dismiss = reporter.askForLeaks()
  const text = async () => {
    const { countsText } = require('../metrics/counts.js') as typeof import('../metrics/counts.ts')
    return countsText(() => reporter.leaksOfChecks())
  }
  attempt('telling what runs', () => presence.show(view, text, dismiss))
}

/** A test run has judged it: it may be what holds the process all the same. */
function isOfTestRun(reason: string): boolean {
  return reason === reportedByTests || reason === judgedByTests
}

async function make(
  reporter: Reporter,
  occasion: Occasion,
  deliver: Deliver,
  fail: (error: unknown) => void = () => {},
): Promise<void> {
  let steps: Steps<void> | null = null
  const finish = () => atOnce(steps ?? deliver(reporter.make(occasion)))
  underway.add(finish)
  try {
    steps = reporting(reporter, await reporter.judgeAfterGrace(occasion, false), occasion, deliver)
    await inSlices(steps, false)
  } catch (error) {
    recordFault('the report on demand', error)
    attempt('telling that there is no report', () => fail(error))
  } finally {
    underway.delete(finish)
  }
}

function* reporting(reporter: Reporter, judged: Judged, occasion: Occasion, deliver: Deliver): Steps<void> {
  const report = yield* reporter.composing(judged, occasion)
  yield
  yield* deliver(report)
}

/** At the end of the process: finishes what was asked for before. */
export function finishDemands(): void {
  for (const finish of underway) attempt('the report on demand', finish)
  underway.clear()
}
