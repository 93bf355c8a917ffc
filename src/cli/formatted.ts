/** A report in each of the formats that the command line prints. */
import { type Destination, isColoured } from '../report/choose-format.ts'
import { formatJson } from '../report/json.ts'
import { formatNdjson } from '../report/ndjson.ts'
import type { Report } from '../report/report.ts'
import { formatText } from '../report/text.ts'
import { readSettings } from '../settings.ts'

export const formats: readonly string[] = ['text', 'json', 'ndjson']

export function formatted(report: Report, format: string, { isTerminal, width }: Destination): string {
  if (format === 'json') return formatJson(report)
  if (format === 'ndjson') return formatNdjson(report)
  const { settings } = readSettings(process.env, '')
  return formatText(report, { width, coloured: isColoured(settings.colour, isTerminal) })
}
