/** `leakwatch dump`: asks running processes for a report, and prints it. */

import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { atOnce } from '../core/time/steps.ts'
import { CodedError } from '../errors/coded-error.ts'
import { errors } from '../errors/errors.ts'
import { formatNames, type ReportFormat } from '../report/formats/list.ts'
import { standardOutput } from '../report/output/choose-format.ts'
import { isFile, savingReport } from '../report/output/save.ts'
import type { Report } from '../report/schema/report.ts'
import { escapeControls } from '../report/words/escape.ts'
import { examples } from './console/examples.ts'
import { formatReports } from './console/format-reports.ts'
import { print } from './console/print.ts'
import { usualFormat, usualFormatText } from './console/usual-format.ts'
import { askForReport } from './targets/ask-for-report.ts'
import { pidOf } from './targets/pid.ts'
import {
  removeStaleFiles,
  type WatchedProcess,
  watchedProcess,
  watchedProcesses,
} from './targets/watched-process.ts'

const timeoutMs = 10_000

interface DumpOptions {
  all?: true
  format?: ReportFormat
  out?: string
}

export function dumpCommand(): Command {
  return new Command('dump')
    .summary('ask a running process for a report')
    .description('Asks a running process for a report, and prints it. The program and its log do not notice.')
    .argument('[pid...]', 'watched processes of this user')
    .option('--all', 'every watched process of this user')
    .addOption(new Option('--format <format>', `how to print it (${usualFormatText})`).choices(formatNames))
    .option(
      '--out <path>',
      'also save it, as LEAKWATCH_OUT does: a folder, or a file that ends in .json or .html',
    )
    .addHelpText(
      'after',
      examples([
        ['leakwatch dump 4711', 'what runs in it, and what it holds'],
        ['leakwatch dump --all --out reports/', 'of every watched process of yours, kept for `diff`'],
      ]),
    )
    .action(dump)
}

async function dump(pids: string[], { all, format: given, out }: DumpOptions): Promise<void> {
  if (pids.length > 0 === (all === true)) {
    throw new CodedError(errors.LEAKWATCH_PID_MISSING())
  }
  removeStaleFiles()
  const targets = all ? watchedProcesses() : pids.map(pidOf)
  if (targets.length === 0) {
    throw new CodedError(errors.LEAKWATCH_PROCESS_NONE())
  }
  const reports: Report[] = []
  const failures: Error[] = []
  // All are asked at the same time.
  for (const asked of targets.map((target) => reportOf(target))) {
    const report = await asked
    if (report instanceof Error) failures.push(report)
    else reports.push(report)
  }
  if (out !== undefined) for (const report of reports) save(report, out)
  if (reports.length > 1 && out !== undefined && isFile(out) && !/%[pn]/.test(out)) {
    const line = `leakwatch: ${out} has the last of ${reports.length} reports: with \`%p\`, the pid, in its name each has a file`
    process.stderr.write(`${escapeControls(line)}\n`)
  }
  // With `--all`, some processes may end meanwhile.
  if (failures.length > 0 && all !== true) process.exitCode = 2
  if (reports.length > 0) {
    const format = given ?? (await usualFormat(standardOutput()))
    for (const piece of formatReports(reports, format, standardOutput())) print(piece)
  }
  // Without any report, the last failure is that of the command.
  const last = reports.length === 0 ? failures.pop() : undefined
  for (const { message } of failures) process.stderr.write(`${escapeControls(message)}\n`)
  if (last !== undefined) throw last
}

/** Gives the error back instead of throwing it: other processes may answer. */
async function reportOf(target: WatchedProcess | number): Promise<Report | Error> {
  try {
    return await askForReport(typeof target === 'number' ? await watchedProcess(target) : target, timeoutMs)
  } catch (error) {
    return error as Error
  }
}

function save(report: Report, out: string): void {
  const complaint = atOnce(savingReport(report, resolve(out), '--out'))
  if (complaint === null) return
  process.stderr.write(`${complaint}\n`)
  process.exitCode = 2
}
