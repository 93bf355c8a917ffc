/** `leakwatch show`: prints saved reports. */
import { Command, Option } from 'commander'
import { isColoured, standardOutput } from '../report/choose-format.ts'
import { formatJson } from '../report/json.ts'
import { formatNdjson } from '../report/ndjson.ts'
import type { Report } from '../report/report.ts'
import { formatText } from '../report/text.ts'
import { writeAll } from '../report/write.ts'
import { readSettings } from '../settings.ts'
import { savedReports } from './saved-reports.ts'

const formats = ['text', 'json', 'ndjson'] as const
type ShowFormat = (typeof formats)[number]

export function showCommand(): Command {
  return new Command('show')
    .description('prints saved reports')
    .argument('<file or folder...>', 'what LEAKWATCH_OUT has saved: a report, or a folder of them')
    .addOption(new Option('--format <format>', 'how to print them').choices(formats).default('text'))
    .action((paths: string[], { format }: { format: ShowFormat }) => {
      for (const [index, report] of paths.flatMap(savedReports).entries()) {
        writeAll(1, `${index > 0 && format === 'text' ? '\n' : ''}${formatted(report, format)}`)
      }
    })
}

function formatted(report: Report, format: ShowFormat): string {
  if (format === 'json') return formatJson(report)
  if (format === 'ndjson') return formatNdjson(report)
  const { isTerminal, width } = standardOutput()
  const { settings } = readSettings(process.env, '')
  return formatText(report, { width, coloured: isColoured(settings.colour, isTerminal), dated: true })
}
