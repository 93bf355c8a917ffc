/** Last step of a report: it is told to listeners, printed and saved. */

import { emitFinding, hasListeners } from '../core/records/listeners.ts'
import type { Steps } from '../core/time/steps.ts'
import type { Fault } from '../judge/judge.ts'
import type { Printed } from '../report/output/publish.ts'
import type { Report } from '../report/schema/report.ts'
import type { Settings } from '../settings/settings.ts'

/** `printed`: to stderr, in the format of the settings. Saved is it in any case, where the settings say where. */
export function* delivering(report: Report, settings: Settings, printed: Printed): Steps<void> {
  tellListeners(report)
  const { publishing } =
    require('../report/output/publish.js') as typeof import('../report/output/publish.ts')
  yield* publishing(report, settings, printed)
}

/** Whoever else has the report prints and saves it. */
export function tellListeners(report: Report): void {
  for (const finding of report.findings) emitFinding(finding)
}

/** Whether anybody gets to know of the fault, where only leaks are printed. */
export function isWanted({ severity }: Pick<Fault, 'severity'>, { out }: Pick<Settings, 'out'>): boolean {
  return severity === 'leak' || out !== null || hasListeners('finding')
}

/** Whether this process prints for a log collector. */
export function isForLogs(settings: Pick<Settings, 'format' | 'isCi'>): boolean {
  const { printedFormat } =
    require('../report/output/choose-format.js') as typeof import('../report/output/choose-format.ts')
  return printedFormat(settings) === 'ndjson'
}
