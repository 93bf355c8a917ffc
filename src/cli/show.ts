/** `leakwatch show`: prints saved reports. */
import { Command, Option } from 'commander'
import { standardOutput } from '../report/choose-format.ts'
import { escapeControls } from '../report/escape.ts'
import { writeAll } from '../report/write.ts'
import { examples } from './examples.ts'
import { formats, formattedAll, type ReportFormat } from './formatted.ts'
import { print } from './print.ts'
import { noReports, savedIn } from './saved-reports.ts'

export function showCommand(): Command {
  return new Command('show')
    .summary('print saved reports')
    .description('Prints the reports that LEAKWATCH_OUT has saved.')
    .argument('<file or folder...>', 'a report, a folder of them, or `-` for standard input')
    .addOption(new Option('--format <format>', 'how to print them').choices(formats).default('text'))
    .addHelpText(
      'after',
      examples([
        ['leakwatch show reports/', 'each report, oldest first'],
        ['leakwatch show --format sarif reports/ > leaks.sarif', 'for code scanning'],
        ['kubectl logs shop | leakwatch show -', 'from among a log, with LEAKWATCH_FORMAT=json'],
      ]),
    )
    .action(show)
}

/** Formats of which a file holds one document, about all that leaked. */
const documents: ReadonlySet<ReportFormat> = new Set(['github', 'sarif', 'junit', 'html'])

async function show(paths: string[], { format }: { format: ReportFormat }): Promise<void> {
  const { reports, complaints } = await savedIn(paths)
  const isDocument = documents.has(format)
  const isNone = reports.length === 0 && complaints.every(({ code }) => code === noReports)
  // Readers of documents want one where nothing leaked, too: it closes what was open.
  if (reports.length > 0 || (isNone && isDocument)) {
    for (const piece of formattedAll(reports, format, standardOutput())) {
      // A reader that has gone wants no more.
      if (!print(piece)) return
    }
  }
  // What could be read is shown all the same.
  if (isNone && isDocument) return
  const last = complaints.pop()
  for (const { message } of complaints) writeAll(2, `${escapeControls(message)}\n`)
  if (last !== undefined) throw last
}
