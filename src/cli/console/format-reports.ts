/** How commands print reports: the formats of `show`, `run` and `dump`. */

import { atOnce } from '../../core/time/steps.ts'
import type { Output } from '../../report/formats/format.ts'
import { formatOf, type ReportFormat } from '../../report/formats/list.ts'
import type { Destination } from '../../report/output/choose-format.ts'
import type { Finding, Report } from '../../report/schema/report.ts'
import { shownPath } from '../../report/secrets/shown.ts'
import { isOutputColoured, workspaceFolder } from './environment.ts'

/** A report that was just made, as one text. */
export function formatReport(report: Report, format: ReportFormat, destination: Destination): string {
  return atOnce(formatOf(format).rendering([report], outputTo(destination, false)))
}

/** Several reports, in pieces to be written one after the other. */
export function* formatReports(
  reports: readonly Report[],
  format: ReportFormat,
  destination: Destination,
): Iterable<string> {
  const { isDocument, separator = '', rendering } = formatOf(format)
  const shown = new Set<string>()
  const output = { ...outputTo(destination, true), isShown: (finding: Finding) => shown.has(keyOf(finding)) }
  if (isDocument) return yield atOnce(rendering(reports, output))
  for (const [index, report] of reports.entries()) {
    yield (index > 0 ? separator : '') + atOnce(rendering([report], output))
    for (const finding of report.findings) shown.add(keyOf(finding))
  }
}

/** The same bug, judged in the same way. */
function keyOf({ id, severity }: Finding): string {
  return `${severity} ${id}`
}

function outputTo(destination: Destination, isDated: boolean): Output {
  return {
    width: destination.width,
    isColoured: isOutputColoured(destination),
    isDated,
    // Paths in reports are without secrets, too.
    workspace: () => shownPath(workspaceFolder()),
  }
}
