/** `leakwatch show`: prints saved reports. */
import { Command, Option } from 'commander'
import type { CodedError } from '../errors/coded-error.ts'
import { errors } from '../errors/errors.ts'
import { formatNames, formatOf, type ReportFormat } from '../report/formats/list.ts'
import { gathering } from '../report/model/gather.ts'
import { standardOutput } from '../report/output/choose-format.ts'
import { writeAll } from '../report/output/write.ts'
import { cleanReport } from '../report/schema/clean-report.ts'
import { escapeControls } from '../report/words/escape.ts'
import { examples } from './console/examples.ts'
import { formatReports } from './console/format-reports.ts'
import { print } from './console/print.ts'
import { usualFormat, usualFormatText } from './console/usual-format.ts'
import { NoReportsFound } from './saved/parse-reports.ts'
import { eachReport, filesInFolders, readAllReports } from './saved/read-reports.ts'

/** Something could not be read. */
const failureCode = 2

export function showCommand(): Command {
  return new Command('show')
    .summary('print saved reports')
    .description('Prints the reports that LEAKWATCH_OUT has saved.')
    .argument('<file or folder...>', 'a report, a folder of them, or `-` for standard input')
    .addOption(new Option('--format <format>', `how to print them (${usualFormatText})`).choices(formatNames))
    .option(
      '--merge',
      `all reports as one, each bug once (default: of a folder with more than ${mostOneByOne} of them)`,
    )
    .option('--no-merge', 'each report by itself')
    .addHelpText(
      'after',
      examples([
        ['leakwatch show reports/', 'each report, oldest first; of many each bug once'],
        ['leakwatch show --format sarif reports/ > leaks.sarif', 'for code scanning'],
        ['kubectl logs shop | leakwatch show -', 'from a log, with LEAKWATCH_FORMAT=json'],
      ]),
    )
    .action(show)
}

/** More reports of a folder are merged: nobody reads them one by one. */
const mostOneByOne = 20

async function show(paths: string[], given: { format?: ReportFormat; merge?: boolean }): Promise<void> {
  const format = given.format ?? (await usualFormat(standardOutput()))
  const isMerged = given.merge ?? filesInFolders(paths) > (format === 'html' ? 1 : mostOneByOne)
  await (isMerged ? showMerged(paths, format) : showEach(paths, format))
}

/** Reads one report after the other, and keeps none. */
async function showMerged(paths: readonly string[], format: ReportFormat): Promise<void> {
  const all = gathering()
  let isWhole = true
  const complain = (error: CodedError): void => {
    isWhole = false
    writeAll(2, `${escapeControls(error.message)}\n`)
  }
  for await (const report of eachReport(paths, complain)) all.add(report)
  const report = all.report()
  const reports = report === null ? [] : [cleanReport(report)]
  if (report !== null || (isWhole && formatOf(format).isDocument))
    for (const piece of formatReports(reports, format, standardOutput())) print(piece)
  else if (isWhole) throw new NoReportsFound(errors.LEAKWATCH_REPORT_NONE.folder(paths.join(', ')))
  if (!isWhole) process.exitCode = failureCode
}

async function showEach(paths: readonly string[], format: ReportFormat): Promise<void> {
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
