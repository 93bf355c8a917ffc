/** Reports on demand: for everybody to read, or for one who asks from outside. Loaded with the first. */
import { attempt, recordFault } from '../core/faults.ts'
import { atOnce, inSlices, type Steps } from '../core/steps.ts'
import type { Presence } from '../presence/presence.ts'
import type { Report } from '../report/report.ts'
import type { Reporter } from '../reporter.ts'

type Deliver = (report: Report) => Steps<void>

/** Has a report on demand that is being made done at once, one each. */
const underway = new Set<() => void>()

export function demand(reporter: Reporter, signal: string): void {
  void make(reporter, signal, (report) => reporter.delivering(report, true))
}

/**
 * Whether `signal` came from `leakwatch dump` or `leakwatch ps`. It is then answered there alone, and the program does not get to
 * know: nothing on its stderr, no call of its listeners.
 */
export function isAnswered(reporter: () => Reporter, presence: Presence, signal: string): boolean {
  const requests = presence.claim()
  if (requests === null) return false
  if (requests.length > 0) {
    void make(reporter(), signal, (report) => presence.answering(requests, report))
  }
  return true
}

async function make(reporter: Reporter, signal: string, deliver: Deliver): Promise<void> {
  const occasion = { trigger: 'signal', signal } as const
  let steps: Steps<void> | null = null
  const finish = () => atOnce(steps ?? deliver(reporter.make(occasion)))
  underway.add(finish)
  try {
    steps = reporter.answering(await reporter.settle(occasion, false), occasion, deliver)
    await inSlices(steps, false)
  } catch (error) {
    recordFault('the report on demand', error)
  } finally {
    underway.delete(finish)
  }
}

/** What was asked for before the process came to its end. */
export function finishDemands(): void {
  for (const finish of underway) attempt('the report on demand', finish)
  underway.clear()
}
