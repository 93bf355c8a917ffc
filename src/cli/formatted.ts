/** How commands print reports: the formats of `show`, `run` and `dump`. */
import { type Destination, isColoured } from '../report/choose-format.ts'
import { formatJson } from '../report/json.ts'
import { formatNdjson } from '../report/ndjson.ts'
import type { Report } from '../report/report.ts'
import { formatText } from '../report/text.ts'
import { readSettings } from '../settings.ts'

/** What `--format` takes. */
export const formats = ['text', 'json', 'ndjson', 'github', 'sarif', 'junit'] as const
export type ReportFormat = (typeof formats)[number]

/** One report, whole. */
export function formatted(report: Report, format: ReportFormat, destination: Destination): string {
  return [...formattedAll([report], format, destination)].join('')
}

/** Several reports in pieces, to be written one after the other: a document (`sarif`, `junit`) holds all of them. */
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
    default:
      for (const [index, report] of reports.entries()) {
        yield `${index > 0 ? '\n' : ''}${asText(report, destination)}`
      }
  }
}

function asText(report: Report, { width, isTerminal }: Destination): string {
  const { settings } = readSettings(process.env, '')
  return formatText(report, { width, coloured: isColoured(settings.colour, isTerminal), dated: true })
}
