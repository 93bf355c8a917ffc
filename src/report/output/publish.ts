/** Prints and saves a report. It is loaded with the first one: most processes have nothing to report. */
import type { Steps } from '../../core/time/steps.ts'
import type { Settings } from '../../settings/settings.ts'
import { formatWarningLine } from '../formats/ndjson.ts'
import { processFormats } from '../formats/process-formats.ts'
import type { Report } from '../schema/report.ts'
import { chooseFormat, isColoured, printedFormat, standardError } from './choose-format.ts'
import { savingReport } from './save.ts'
import { writeError } from './write.ts'

/** Whether a report is printed. `in logs`: as one line where a log collector reads it, and not where people do. */
export type Printed = boolean | 'in logs'

/** Prints the report, and saves it if the settings say so. */
export function* publishing(report: Report, settings: Settings, printed: Printed): Steps<void> {
  const text = yield* printing(report, settings, printed)
  // In one piece: what the program writes comes before or after it.
  if (text !== '') writeError(text)
  const complaint = settings.out === null ? null : yield* savingReport(report, settings.out)
  if (complaint !== null) writeError(`${complaint}\n`)
}

function* printing(report: Report, settings: Settings, printed: Printed): Steps<string> {
  if (printed === 'in logs') return printedFormat(settings) === 'ndjson' ? formatWarningLine(report) : ''
  return printed ? yield* formatting(report, settings) : ''
}

function* formatting(report: Report, { format, isCi, colour }: Settings): Steps<string> {
  const { isTerminal, width } = standardError()
  const chosen = chooseFormat(format, isTerminal, isCi)
  if (chosen === 'none') return ''
  return yield* processFormats[chosen]().rendering([report], {
    width,
    isColoured: isColoured(colour, isTerminal),
    isDated: false,
    workspace: () => report.process.cwd,
  })
}
