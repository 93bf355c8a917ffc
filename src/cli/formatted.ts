/** How commands print reports: the formats of `show`, `run` and `dump`. */
import type { Destination } from '../report/choose-format.ts'
import { formatGithub } from '../report/github.ts'
import { formatHtml } from '../report/html.ts'
import { formatJson } from '../report/json.ts'
import { formatJunit } from '../report/junit.ts'
import { formatNdjson } from '../report/ndjson.ts'
import type { Report } from '../report/report.ts'
import { formatSarif } from '../report/sarif.ts'
import { formatText } from '../report/text.ts'
import { coloured, workspace } from './surroundings.ts'

/** What `--format` takes. */
export const formats = ['text', 'json', 'ndjson', 'github', 'sarif', 'junit', 'html'] as const
export type ReportFormat = (typeof formats)[number]

/** A report of this moment, whole. */
export function formatted(report: Report, format: ReportFormat, destination: Destination): string {
  return format === 'text'
    ? asText(report, destination, false)
    : [...formattedAll([report], format, destination)].join('')
}

/** Several reports in pieces, to be written one after the other. `github`, `sarif`, `junit` and `html` tell of all as one. */
export function* formattedAll(
  reports: readonly Report[],
  format: ReportFormat,
  destination: Destination,
): Iterable<string> {
  switch (format) {
    case 'json':
      for (const report of reports) yield formatJson(report)
      return
    case 'ndjson':
      for (const report of reports) yield formatNdjson(report)
      return
    case 'github':
      return yield formatGithub(reports, workspace())
    case 'sarif':
      return yield formatSarif(reports, workspace())
    case 'junit':
      return yield formatJunit(reports, workspace())
    case 'html':
      return yield formatHtml(reports)
    case 'text':
      for (const [index, report] of reports.entries()) {
        yield `${index > 0 ? '\n' : ''}${asText(report, destination, true)}`
      }
  }
}

function asText(report: Report, destination: Destination, dated: boolean): string {
  return formatText(report, { width: destination.width, coloured: coloured(destination), dated })
}
