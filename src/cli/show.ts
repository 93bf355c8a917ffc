/** `leakwatch show`: prints saved reports. */
import { Command, Option } from 'commander'
import { formatNames, formatOf, type ReportFormat } from '../report/formats/list.ts'
import { standardOutput } from '../report/output/choose-format.ts'
import { writeAll } from '../report/output/write.ts'
import { escapeControls } from '../report/words/escape.ts'
import { examples } from './console/examples.ts'
import { formatReports } from './console/format-reports.ts'
import { print } from './console/print.ts'
import { usualFormat, usualFormatText } from './console/usual-format.ts'
import { NoReportsFound } from './saved/parse-reports.ts'
import { readAllReports } from './saved/read-reports.ts'

export function showCommand(): Command {
  return new Command('show')
    .summary('print saved reports')
    .description('Prints the reports that LEAKWATCH_OUT has saved.')
    .argument('<file or folder...>', 'a report, a folder of them, or `-` for standard input')
    .addOption(new Option('--format <format>', `how to print them (${usualFormatText})`).choices(formatNames))
    .addHelpText(
      'after',
      examples([
        ['leakwatch show reports/', 'each report, oldest first'],
        ['leakwatch show --format sarif reports/ > leaks.sarif', 'for code scanning'],
        ['kubectl logs shop | leakwatch show -', 'from a log, with LEAKWATCH_FORMAT=json'],
      ]),
    )
    .action(show)
}

async function show(paths: string[], given: { format?: ReportFormat }): Promise<void> {
  const format = given.format ?? (await usualFormat(standardOutput()))
  const { reports, complaints } = await readAllReports(paths)
  const { isDocument } = formatOf(format)
  const isNone = reports.length === 0 && complaints.every((each) => each instanceof NoReportsFound)
  // A document is wanted even if nothing leaked: it closes what was open.
  if (reports.length > 0 || (isNone && isDocument)) {
    for (const piece of formatReports(reports, format, standardOutput())) {
      // Nobody reads any more.
      if (!print(piece)) return
    }
  }
  if (isNone && isDocument) return
  const last = complaints.pop()
  for (const { message } of complaints) writeAll(2, `${escapeControls(message)}\n`)
  if (last !== undefined) throw last
}
