/** What the text of a merged report has in addition: which processes leaked, and which did not report. */
import { relative } from 'node:path'
import type {
  BaselineLeak,
  BaselineResult,
  Finding,
  ProcessKey,
  Report,
  TreeProcess,
} from '../schema/report.ts'
import type { Row } from './finding-rows.ts'
import { counted } from './headline.ts'
import { serviceGroups } from './sightings.ts'
import { shortPath } from './site.ts'
import { duration } from './wording.ts'

export interface ProcessGroup {
  /** `null`: there is only one process. */
  heading: string | null
  /** The folder to which places are relative. */
  cwd: string
  findings: Finding[]
}

/** Findings by process, in their order. */
export function groupsOf(report: Report): ProcessGroup[] {
  const { processes, process, findings, gathered } = report
  if (gathered !== undefined) return serviceGroups(report)
  if (processes === undefined) return [{ heading: null, cwd: process.cwd, findings }]
  const groups = new Map<string, ProcessGroup>()
  for (const finding of findings) {
    const key = finding.process ?? { pid: process.pid, threadId: 0 }
    const name = `${key.pid}.${key.threadId}`
    let group = groups.get(name)
    if (group === undefined) {
      const of = processOf(processes, key)
      const heading = of === undefined || processes.length === 1 ? null : headingOf(of, process.cwd)
      group = { heading, cwd: of?.cwd ?? process.cwd, findings: [] }
      groups.set(name, group)
    }
    group.findings.push(finding)
  }
  return [...groups.values()]
}

/** `leakwatch: 3 leaks in 2 of 5 processes of sh build.sh`. */
export function treeHeadline({
  summary,
  findings,
  processes = [],
  command,
  timeoutMs,
  baseline,
}: Report): string {
  const { leaks, warnings } = summary
  const found = [leaks > 0 ? counted(leaks, 'leak') : '', warnings > 0 ? counted(warnings, 'warning') : '']
  const what = found.filter((text) => text !== '').join(', ') || noLeaks(baseline)
  const late = timeoutMs === undefined ? '' : `, ended by leakwatch after ${duration(timeoutMs)}`
  const only = processes[0]
  if (processes.length === 1 && only !== undefined && only.command === command) {
    return `leakwatch: ${what} in ${command} (pid ${only.pid})${late || endingOf(only)}`
  }
  return `leakwatch: ${what} in ${processCounts(findings, processes)} of ${command}${late}`
}

function noLeaks(baseline: Report['baseline']): string {
  if (baseline === undefined) return 'no leaks'
  const { tested = 0 } = baseline
  return tested === 0 ? 'no new leaks' : `no new leaks but ${tested} that the tests reported`
}

function processCounts(findings: readonly Finding[], processes: readonly TreeProcess[]): string {
  const leaking = new Set(
    findings
      .flatMap((finding) => finding.processes ?? finding.process ?? [])
      .map(({ pid, threadId }) => `${pid}.${threadId}`),
  )
  const threads = processes.every(({ isMainThread }) => isMainThread) ? '' : ' and threads'
  const all = processes.length === 1 ? '1 process' : `${processes.length} processes${threads}`
  return leaking.size === 0 ? all : `${leaking.size} of ${all}`
}

/** `node server.js (pid 4711), exit code 3, in packages/a`. */
function headingOf(of: TreeProcess, cwd: string): string {
  const thread = of.isMainThread
    ? ''
    : `, worker thread ${of.threadId}${of.main === null ? '' : `: ${shortPath(of.main, of.cwd)}`}`
  const folder = of.cwd === cwd || of.cwd === '' ? '' : `, in ${shortPath(of.cwd, cwd)}`
  return `${of.command} (pid ${of.pid})${thread}${endingOf(of)}${folder}`
}

function endingOf({ exitCode, signal, state }: TreeProcess): string {
  if (signal !== null) return `, ended by ${signal}`
  if (state === 'running') return ', still running'
  return exitCode === null || exitCode === 0 ? '' : `, exit code ${exitCode}`
}

function processOf(
  processes: readonly TreeProcess[],
  { pid, threadId }: ProcessKey,
): TreeProcess | undefined {
  return processes.findLast((each) => each.pid === pid && each.threadId === threadId)
}

const othersShown = 8

/** Says which other processes have the same bug, and how many of it the baseline allows. */
export function treeFindingRows(
  { processes = [], knownCount, count }: Finding,
  all: readonly TreeProcess[],
): Row[] {
  const [own, ...others] = processes
  const rows: Row[] = []
  if (own !== undefined) {
    const isThread = others.every(({ pid }) => pid === own.pid)
    const shown = others.slice(0, othersShown)
    const places = isThread
      ? `thread ${shown.map(({ threadId }) => threadId).join(', ')}`
      : pidsByCommand(own, shown, all)
    const hidden = others.length > othersShown ? ` and ${others.length - othersShown} more` : ''
    rows.push({ label: 'also in', lines: [`${places}${hidden}; ${count} in all`] })
  }
  if (knownCount !== undefined)
    rows.push({
      label: 'known',
      lines: [`the baseline allows ${knownCount} in one process; there are more now`],
    })
  return rows
}

/** `pid 12, 13, node worker.js (pid 14, 15)`: processes with the command of `own` are shown by their pids. */
function pidsByCommand(own: ProcessKey, others: readonly ProcessKey[], all: readonly TreeProcess[]): string {
  const byCommand = new Map<string, Set<number>>()
  const ownCommand = processOf(all, own)?.command ?? ''
  for (const key of others) {
    const command = processOf(all, key)?.command ?? ownCommand
    byCommand.set(command, (byCommand.get(command) ?? new Set()).add(key.pid))
  }
  return [...byCommand]
    .map(([command, pids]) => {
      const listed = `pid ${[...pids].join(', ')}`
      return command === ownCommand ? listed : `${command} (${listed})`
    })
    .join(', ')
}

/** What `run` reports beside the findings. */
export function treeRows({ processes = [], leftRunning = [], baseline, process, timeoutMs }: Report): Row[] {
  const unreported = processes.filter(({ state }) => state === 'unreported')
  return [
    ...lines(
      'no report',
      unreported.map(
        (each) => `${each.command} (pid ${each.pid}): ${whyUnreported(each, timeoutMs !== undefined)}`,
      ),
    ),
    ...lines(
      'running',
      leftRunning.map(({ pid, command }) => `${command} (pid ${pid}) is left behind`),
    ),
    ...(baseline === undefined ? [] : baselineRows(baseline, process.cwd)),
  ]
}

/** Why a process may have ended without a report. */
function whyUnreported({ signal }: TreeProcess, isEnded: boolean): string {
  if (isEnded) return 'it did not say what keeps it alive, and was ended'
  return signal === null ? 'it was killed, or it crashed' : `ended by ${signal}`
}

function baselineRows({ file, known, holding = [], gone }: BaselineResult, cwd: string): Row[] {
  const drop = `not seen in this run; \`--update-baseline\` drops ${gone.length === 1 ? 'it' : 'them'}`
  return [
    ...lines('known', known === 0 ? [] : [`${counted(known, 'leak')} of ${relative(cwd, file)}`]),
    ...lines('held by', holding.length === 0 ? [] : [`${namesOf(holding)}, known`]),
    ...lines('gone', gone.length === 0 ? [] : [`${namesOf(gone)}: ${drop}`]),
  ]
}

/** `Old (never-stopped, old.mjs:6)`. */
export function namesOf(leaks: readonly BaselineLeak[]): string {
  return leaks
    .map(({ kind, name, place }) => `${name} (${kind}${place === null ? '' : `, ${place}`})`)
    .join(', ')
}

function lines(label: string, all: readonly string[]): Row[] {
  return all.length === 0 ? [] : [{ label, lines: [...all] }]
}
