/** `leakwatch dump`: asks running processes for a report, and prints it. */
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { atOnce } from '../core/steps.ts'
import { standardOutput } from '../report/choose-format.ts'
import { escapeControls } from '../report/escape.ts'
import type { Report } from '../report/report.ts'
import { savingReport } from '../report/save.ts'
import { ask } from './ask.ts'
import { examples } from './examples.ts'
import { formats, formattedAll, type ReportFormat } from './formatted.ts'
import { Misuse } from './misuse.ts'
import { print } from './print.ts'
import { clearUp, type WatchedProcess, watchedProcess, watchedProcesses } from './watched-process.ts'

const patienceMs = 10_000

interface DumpOptions {
  all?: true
  format: ReportFormat
  out?: string
}

export function dumpCommand(): Command {
  return new Command('dump')
    .summary('ask a running process for a report')
    .description(
      'Asks a running process for a report, and prints it. The program and its log see nothing of it.',
    )
    .argument('[pid...]', 'watched processes of this user')
    .option('--all', 'every watched process of this user')
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('text'))
    .option(
      '--out <path>',
      'also save it as JSON, as LEAKWATCH_OUT does: a folder, or a file that ends in .json',
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

async function dump(pids: string[], { all, format, out }: DumpOptions): Promise<void> {
  if (pids.length > 0 === (all === true)) {
    throw new Misuse('LEAKWATCH_PID_MISSING', 'expected either a pid or `--all`')
  }
  clearUp()
  const targets = all ? watchedProcesses() : pids.map(numberOf)
  if (targets.length === 0) {
    throw new Misuse('LEAKWATCH_PROCESS_NONE', 'expected watched processes of this user; got none')
  }
  const reports: Report[] = []
  const failures: Error[] = []
  // Asked all at once.
  for (const asked of targets.map((target) => reportOf(target))) {
    const report = await asked
    if (report instanceof Error) failures.push(report)
    else reports.push(report)
  }
  if (out !== undefined) for (const report of reports) save(report, out)
  // Of all that are watched some may end meanwhile.
  if (failures.length > 0 && all !== true) process.exitCode = 2
  if (reports.length > 0) for (const piece of formattedAll(reports, format, standardOutput())) print(piece)
  // Where there is no report at all, the last says so as the command's own failure.
  const last = reports.length === 0 ? failures.pop() : undefined
  for (const { message } of failures) process.stderr.write(`${escapeControls(message)}\n`)
  if (last !== undefined) throw last
}

/** What cannot be had is given back, not thrown: others may be had. */
async function reportOf(target: WatchedProcess | number): Promise<Report | Error> {
  try {
    return await ask(typeof target === 'number' ? await watchedProcess(target) : target, patienceMs)
  } catch (error) {
    return error as Error
  }
}

/** What a system calls a process, at most. */
const highestPid = 2 ** 31 - 1

function numberOf(text: string): number {
  const pid = /^[1-9]\d*$/.test(text) ? Number(text) : 0
  if (pid > 0 && pid <= highestPid) return pid
  throw new Misuse('LEAKWATCH_PID_INVALID', `expected a pid, such as \`4711\`; got \`${text}\``)
}

function save(report: Report, out: string): void {
  const complaint = atOnce(savingReport(report, resolve(out), '--out'))
  if (complaint === null) return
  process.stderr.write(`${complaint}\n`)
  process.exitCode = 2
}
