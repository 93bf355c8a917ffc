/** Makes the one report with which a run ends, prints it and saves it. */

import { atOnce } from '../../core/time/steps.ts'
import { CodedError } from '../../errors/coded-error.ts'
import { version } from '../../packaging/version.ts'
import { baselineIdentity, type KnownLeak, mergedLeaks } from '../../processes/baseline/baseline.ts'
import { appendRecord, type RecordFile } from '../../processes/tree/record-file.ts'
import { recordText, type TreeRecord } from '../../processes/tree/records.ts'
import type { ReportFormat } from '../../report/formats/list.ts'
import { mergeReports } from '../../report/model/merge.ts'
import { chooseFormat, standardError, standardOutput } from '../../report/output/choose-format.ts'
import { makeOutFolder, savingReport } from '../../report/output/save.ts'
import { writeAll } from '../../report/output/write.ts'
import type { Report } from '../../report/schema/report.ts'
import { escapeControls } from '../../report/words/escape.ts'
import { counted } from '../../report/words/headline.ts'
import { namesOf } from '../../report/words/tree-text.ts'
import type { Settings } from '../../settings/settings.ts'
import { formatReport } from '../console/format-reports.ts'
import { print as printOutput } from '../console/print.ts'
import { applyBaseline, knownLeaks, writeBaseline } from './baseline.ts'
import { commandText } from './command-text.ts'
import { commandOf } from './linux-processes.ts'
import { membersOf, processLives, unwatchedCommand } from './process-lives.ts'
import type { RecordInbox } from './record-inbox.ts'
import type { Ending } from './run-command.ts'

/** What `run` can print; `auto`: the destination decides. */
export type RunFormat = ReportFormat | 'auto' | 'none'

export interface FinishedRun {
  command: readonly string[]
  startedAt: number
  ending: Ending
  inbox: RecordInbox
  settings: Settings
  format: RunFormat
  /** It comes from `--format`. */
  isFormatFlag: boolean
  /** These were printed already. */
  complaints: readonly string[]
  hostname: string
  baseline: { file: string; known: KnownLeak[] | null; isUpdated: boolean }
  /** `settings.out` comes from `--out`. */
  isOutFlag: boolean
  timeoutMs?: number
}

/** How many leaks are new, and the ids of those that are known. */
export interface RunOutcome {
  leaks: number
  knownIds: ReadonlySet<string>
}

export async function finishRun(finished: FinishedRun): Promise<RunOutcome> {
  const { settings, inbox, ending, command, baseline } = finished
  inbox.read()
  const watched = processLives(inbox.records)
  writeComplaints(
    watched.flatMap(({ start }) => start.complaints),
    finished.complaints,
  )
  const merged = merge(finished)
  const testLeaks = testLeaksIn(inbox.records)
  // For people: a run that checked nothing would look like a clean one.
  if (watched.length === 0 && ending.exitCode === 0 && settings.enabled && isForReading(formatOf(finished))) {
    writeLine(`leakwatch: no Node.js process of ${commandText(command)} was watched: nothing was checked`)
  }
  const { report, known, complaint } = baseline.isUpdated
    ? update(merged, baseline, testLeaks, watched.length > 0 && ending.exitCode === 0)
    : compare(merged, baseline, testLeaks)
  if (isWorthPrinting(report)) print(report, finished)
  if (complaint !== null) writeLine(complaint)
  if (settings.out !== null && (report.findings.length > 0 || isWorthPrinting(report))) {
    const unsaved = atOnce(savingReport(report, settings.out, finished.isOutFlag ? '--out' : undefined))
    if (unsaved !== null) writeLine(unsaved)
  } else if (settings.out !== null) makeOutFolder(settings.out)
  return { leaks: report.summary.leaks, knownIds: new Set(known.map(({ id }) => id)) }
}

function merge({ command, startedAt, ending, inbox, settings, hostname, timeoutMs }: FinishedRun): Report {
  const left = ending.living.pids()
  const alive = new Set(left)
  const { pid, exitCode, signal } = ending
  const facts = {
    hostname,
    service: settings.service,
    root: { pid, exitCode, signal },
    isAlive: (each: number) => alive.has(each),
  }
  const members = membersOf(processLives(inbox.records), facts)
  const root = members.find(({ process }) => process.pid === pid && process.isMainThread)
  const { damaged } = inbox
  const service = settings.service ?? members[0]?.process.service ?? null
  return mergeReports({
    at: new Date().toISOString(),
    version,
    command: root?.process.command ?? commandText(command),
    process:
      root === undefined ? unwatchedCommand(command, startedAt, service, facts) : ownProcess(root.process),
    members,
    leftRunning: left.map((each) => ({ pid: each, command: commandOf(each) })),
    faults:
      damaged === 0 ? [] : [`${counted(damaged, 'record')} of processes that were killed while they wrote`],
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
}

function ownProcess({
  command: _command,
  state: _state,
  ...process
}: NonNullable<Report['processes']>[number]): Report['process'] {
  return process
}

function writeComplaints(lines: readonly string[], written: readonly string[]): void {
  for (const line of new Set(lines)) if (!written.includes(line)) writeLine(line)
}

interface Compared {
  report: Report
  known: KnownLeak[]
  /** Printed after the report. */
  complaint: string | null
}

/** Each leak of test suites, with its highest count. */
function testLeaksIn(records: readonly TreeRecord[]): KnownLeak[] {
  const leaks = records.flatMap((record) => (record.event === 'tested' ? record.leaks : []))
  return mergedLeaks(leaks, Math.max)
}

function compare(report: Report, { file, known }: FinishedRun['baseline'], testLeaks: KnownLeak[]): Compared {
  return known === null
    ? { report, known: [], complaint: null }
    : { report: applyBaseline(report, known, file, testLeaks), known, complaint: null }
}

function update(
  report: Report,
  baseline: FinishedRun['baseline'],
  testLeaks: KnownLeak[],
  isWhole: boolean,
): Compared {
  const { file, known } = baseline
  if (!isWhole) {
    writeLine(`leakwatch: ${file} was not updated: that takes a run that was watched and that ended with 0`)
    return { report, known: [], complaint: null }
  }
  const before = known ?? []
  const leaks = knownLeaks(report, before, file, testLeaks)
  if (known === null && leaks.length === 0) {
    writeLine('leakwatch: no baseline was written: there are no leaks')
    return { report, known: [], complaint: null }
  }
  try {
    writeBaseline(file, leaks)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    // The command may have changed the file: what was known before it still is.
    return { ...compare(report, baseline, testLeaks), complaint: error.message }
  }
  const ids = new Set(before.map(({ id }) => id))
  const added = leaks.filter(({ id }) => !ids.has(id)).length
  const stays = new Set(leaks.map(({ id }) => id))
  const gone = before.filter(({ id }) => !stays.has(id))
  writeLine(
    `leakwatch: ${file} knows ${counted(leaks.length, 'leak')} now: ${added} new, ${gone.length} gone`,
  )
  // It may be what another suite leaks.
  if (gone.length > 0)
    writeLine(escapeControls(`leakwatch: gone, as this run did not see it: ${namesOf(gone)}`))
  const { baseline: _baseline, ...rest } = applyBaseline(report, leaks, file, testLeaks)
  return { report: rest, known: leaks, complaint: null }
}

function isWorthPrinting({ summary, processes = [], leftRunning, timeoutMs, baseline }: Report): boolean {
  return (
    summary.leaks > 0 ||
    leftRunning !== undefined ||
    timeoutMs !== undefined ||
    processes.some(({ state }) => state === 'unreported') ||
    (baseline !== undefined && (baseline.known > 0 || baseline.gone.length > 0))
  )
}

function print(report: Report, finished: FinishedRun): void {
  const format = formatOf(finished)
  if (format === 'none') return
  // What is asked for by a flag is for other programs, but what is read.
  if (finished.isFormatFlag && !isForReading(format))
    printOutput(formatReport(report, format, standardOutput()))
  else writeAll(2, formatReport(report, format, standardError()))
}

function formatOf({ format, settings }: FinishedRun): ReportFormat | 'none' {
  return format === 'auto' ? chooseFormat('auto', standardError().isTerminal, settings.isCi) : format
}

function isForReading(format: ReportFormat | 'none'): boolean {
  return format === 'text' || format === 'agent'
}

function writeLine(line: string): void {
  writeAll(2, `${line}\n`)
}

/** Sends the records to each `run` around this one, which judges the same processes. */
export function forwardRecords(
  records: readonly TreeRecord[],
  outerFiles: readonly RecordFile[],
  known: ReadonlySet<string>,
): void {
  if (outerFiles.length === 0) return
  for (const record of records) appendRecord(outerFiles, recordText(withoutKnownLeaks(record, known)))
}

function withoutKnownLeaks(record: TreeRecord, known: ReadonlySet<string>): TreeRecord {
  if (record.event === 'tested') return { ...record, leaks: record.leaks.filter(({ id }) => !known.has(id)) }
  if (record.event === 'start' || record.report === null) return record
  const { report } = record
  const findings = report.findings.filter((finding) => !known.has(baselineIdentity(report, finding).id))
  return { ...record, report: { ...report, findings } }
}
