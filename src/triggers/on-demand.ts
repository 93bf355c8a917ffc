/** Reports on demand: for everybody to read, or for one who asks from outside. Loaded with the first. */
import { attempt, recordFault } from '../core/faults.ts'
import { atOnce, inSlices, type Steps } from '../core/steps.ts'
import { seenByTests, toldByTests } from '../core/test-context.ts'
import type { Presence } from '../presence/presence.ts'
import type { Report } from '../report/report.ts'
import type { Occasion, Reporter } from '../reporter.ts'
import type { Member } from '../tree/member.ts'

type Deliver = (report: Report) => Steps<void>

/** Has a report on demand that is being made done at once, one each. */
const underway = new Set<() => void>()

/** For everybody to read. */
export function demand(reporter: Reporter, signal: string): void {
  void make(reporter, { trigger: 'signal', signal }, (report) => reporter.delivering(report, true))
}

/**
 * Whether the signal came from leakwatch's own command line. It is then answered there alone, and the program does not get to know:
 * nothing on its stderr, no call of its listeners. `dump` and `ps` want to know what is there; `run`, about to end the process, what
 * holds it.
 */
export function isAnswered(
  reporter: () => Reporter,
  presence: Presence | null,
  member: Member | null,
): boolean {
  const requests = presence?.claim() ?? null
  if (requests !== null && requests.length > 0 && presence !== null) {
    const answer: Deliver = (report) => presence.answering(requests, report)
    void make(reporter(), { trigger: 'signal' }, answer, (error) => presence.fail(requests, error))
  }
  if (member?.isAsked()) {
    void make(reporter(), { trigger: 'stall', leftOut: (reason) => !isJudged(reason) }, function* (report) {
      if (member.tell(report, true)) reporter().tell(report)
      else yield* reporter().delivering(report, true)
    })
    return true
  }
  return requests !== null
}

/** A test run has told of it: it may be what holds the process all the same. */
function isJudged(reason: string): boolean {
  return reason === toldByTests || reason === seenByTests
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
    steps = reporter.answering(await reporter.settle(occasion, false), occasion, deliver)
    await inSlices(steps, false)
  } catch (error) {
    recordFault('the report on demand', error)
    attempt('telling that there is no report', () => fail(error))
  } finally {
    underway.delete(finish)
  }
}

/** What was asked for before the process came to its end. */
export function finishDemands(): void {
  for (const finish of underway) attempt('the report on demand', finish)
  underway.clear()
}
