/** The one report that a run ends with: made, printed, saved. */
import { bugOf, type KnownLeak, mergedLeaks } from '../../baseline.ts'
import { atOnce } from '../../core/steps.ts'
import { chooseFormat, standardError } from '../../report/choose-format.ts'
import { counted } from '../../report/headline.ts'
import { mergeReports } from '../../report/merge.ts'
import type { Report } from '../../report/report.ts'
import { makeOutFolder, savingReport } from '../../report/save.ts'
import { writeAll } from '../../report/write.ts'
import type { Settings } from '../../settings.ts'
import { append, type Place } from '../../tree/place.ts'
import { recordText, type TreeRecord } from '../../tree/records.ts'
import { version } from '../../version.ts'
import { formatted, type ReportFormat } from '../formatted.ts'
import { Misuse } from '../misuse.ts'
import { applyBaseline, knownLeaks, writeBaseline } from './baseline.ts'
import type { Ending } from './command.ts'
import { commandText } from './command-text.ts'
import type { Gathering } from './gathering.ts'
import { foreignProcess, membersOf, watchedIn } from './members.ts'
import { commandOf } from './proc.ts'

/** What `run` may print; `auto`: as the destination is. */
export type RunFormat = ReportFormat | 'auto' | 'none'

export interface Conclusion {
  command: readonly string[]
  startedAt: number
  ending: Ending
  gathering: Gathering
  settings: Settings
  format: RunFormat
  /** Told already. */
  complaints: readonly string[]
  hostname: string
  baseline: { file: string; known: KnownLeak[] | null; isUpdated: boolean }
  /** `settings.out` was given as `--out`. */
  isOutFlag: boolean
  timeoutMs?: number
}

/** How many leaks there are that nobody knew, and the ids of those that are known. */
export interface Concluded {
  leaks: number
  knownIds: ReadonlySet<string>
}

export async function conclude(conclusion: Conclusion): Promise<Concluded> {
  const { settings, gathering, ending, command, baseline } = conclusion
  gathering.read()
  const watched = watchedIn(gathering.records)
  tellComplaints(
    watched.flatMap(({ start }) => start.complaints),
    conclusion.complaints,
  )
  const merged = merge(conclusion)
  const tested = testedIn(gathering.records)
  // For people: a check that checks nothing looks like a clean one.
  if (watched.length === 0 && ending.exitCode === 0 && settings.enabled && formatOf(conclusion) === 'text') {
    say(`leakwatch: no Node.js process of ${commandText(command)} was watched: nothing was checked`)
  }
  const { report, known, complaint } = baseline.isUpdated
    ? update(merged, baseline, tested, watched.length > 0 && ending.exitCode === 0)
    : compare(merged, baseline, tested)
  if (isWorthPrinting(report)) print(report, conclusion)
  if (complaint !== null) say(complaint)
  if (settings.out !== null && (report.findings.length > 0 || isWorthPrinting(report))) {
    const unsaved = atOnce(savingReport(report, settings.out, conclusion.isOutFlag ? '--out' : undefined))
    if (unsaved !== null) say(unsaved)
  } else if (settings.out !== null) makeOutFolder(settings.out)
  return { leaks: report.summary.leaks, knownIds: new Set(known.map(({ id }) => id)) }
}

function merge({ command, startedAt, ending, gathering, settings, hostname, timeoutMs }: Conclusion): Report {
  const left = ending.living.pids()
  const alive = new Set(left)
  const { pid, exitCode, signal } = ending
  const outside = {
    hostname,
    service: settings.service,
    root: { pid, exitCode, signal },
    isAlive: (each: number) => alive.has(each),
  }
  const members = membersOf(watchedIn(gathering.records), outside)
  const root = members.find(({ process }) => process.pid === pid && process.isMainThread)
  const { damaged } = gathering
  const service = settings.service ?? members[0]?.process.service ?? null
  return mergeReports({
    at: new Date().toISOString(),
    version,
    command: root?.process.command ?? commandText(command),
    process:
      root === undefined ? foreignProcess(command, startedAt, service, outside) : ownProcess(root.process),
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

function tellComplaints(lines: readonly string[], told: readonly string[]): void {
  for (const line of new Set(lines)) if (!told.includes(line)) say(line)
}

interface Compared {
  report: Report
  known: KnownLeak[]
  /** Told after the report. */
  complaint: string | null
}

/** Each leak that test suites have judged, and how many of it there were at most. */
function testedIn(records: readonly TreeRecord[]): KnownLeak[] {
  const leaks = records.flatMap((record) => (record.event === 'tested' ? record.leaks : []))
  return mergedLeaks(leaks, Math.max)
}

function compare(report: Report, { file, known }: Conclusion['baseline'], tested: KnownLeak[]): Compared {
  return known === null
    ? { report, known: [], complaint: null }
    : { report: applyBaseline(report, known, file, tested), known, complaint: null }
}

function update(
  report: Report,
  baseline: Conclusion['baseline'],
  tested: KnownLeak[],
  isWhole: boolean,
): Compared {
  const { file, known } = baseline
  if (!isWhole) {
    say(`leakwatch: ${file} is left as it is: it takes a run that was watched, and that ended with 0`)
    return { report, known: [], complaint: null }
  }
  const before = known ?? []
  const leaks = knownLeaks(report, before, file, tested)
  if (known === null && leaks.length === 0) {
    say('leakwatch: no leaks, and no baseline: there is nothing to write')
    return { report, known: [], complaint: null }
  }
  try {
    writeBaseline(file, leaks)
  } catch (error) {
    if (!(error instanceof Misuse)) throw error
    // The command may have changed it; what was known still is.
    return { ...compare(report, baseline, tested), complaint: error.message }
  }
  const ids = new Set(before.map(({ id }) => id))
  const added = leaks.filter(({ id }) => !ids.has(id)).length
  const gone = before.length - (leaks.length - added)
  say(`leakwatch: ${file} knows ${counted(leaks.length, 'leak')} now: ${added} new, ${gone} gone`)
  const { baseline: _baseline, ...rest } = applyBaseline(report, leaks, file, tested)
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

function print(report: Report, conclusion: Conclusion): void {
  const format = formatOf(conclusion)
  if (format !== 'none') writeAll(2, formatted(report, format, standardError()))
}

function formatOf({ format, settings }: Conclusion): ReportFormat | 'none' {
  return format === 'auto' ? chooseFormat('auto', standardError().isTerminal, settings.isCi) : format
}

function say(line: string): void {
  writeAll(2, `${line}\n`)
}

/** A `run` around this one has a verdict of its own over the same processes. */
export function forward(
  records: readonly TreeRecord[],
  around: readonly Place[],
  known: ReadonlySet<string>,
): void {
  if (around.length === 0) return
  for (const record of records) append(around, recordText(withoutKnown(record, known)))
}

function withoutKnown(record: TreeRecord, known: ReadonlySet<string>): TreeRecord {
  if (record.event === 'tested') return { ...record, leaks: record.leaks.filter(({ id }) => !known.has(id)) }
  if (record.event === 'start' || record.report === null) return record
  const { report } = record
  const findings = report.findings.filter((finding) => !known.has(bugOf(report, finding).id))
  return { ...record, report: { ...report, findings } }
}
