/** How the command line prints reports. */
import { type Destination, isColoured } from '../report/choose-format.ts'
import { formatJson } from '../report/json.ts'
import { formatNdjson } from '../report/ndjson.ts'
import type { Report } from '../report/report.ts'
import { formatText } from '../report/text.ts'
import { readSettings } from '../settings.ts'

export const formats = ['text', 'json', 'ndjson'] as const
export type Format = (typeof formats)[number]

export function formatted(report: Report, format: Format, { isTerminal, width }: Destination): string {
  if (format === 'json') return formatJson(report)
  if (format === 'ndjson') return formatNdjson(report)
  const { settings } = readSettings(process.env, '')
  return formatText(report, { width, coloured: isColoured(settings.colour, isTerminal), dated: true })
}
