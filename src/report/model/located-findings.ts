/** The findings of several reports, or of a merged one, with their places. Each bug comes once, for annotations and alerts. */

import type { Finding, Process, Report, Site } from '../schema/report.ts'
import { codeOf, findingRows, type PartsById, partsById, placeOf, subjectOf } from '../words/finding-rows.ts'
import { processName } from '../words/headline.ts'
import { showSite } from '../words/site.ts'

export interface LocatedFinding {
  /** Of all findings with its id, the most severe one; of several, the one with the highest count. */
  finding: Finding
  name: string
  site: Site | null
  /** The source line there. */
  code: string | null
  /** The process of that finding. */
  process: Process
  /** `app.js (pid 123)`: all processes that have it. Empty if the reports are of one process only. */
  processes: string[]
  /** `started: src/order.ts:41   await engine.start()`. */
  details: string[]
}

/** Leaks come first, then the order is that of the reports. */
export function locatedFindings(reports: readonly Report[]): LocatedFinding[] {
  const all = reports.flatMap(findingsIn)
  const isOne = new Set(all.map(({ process }) => processName(process))).size <= 1
  const isMerged = reports.some(({ processes }) => processes !== undefined)
  const byId = groupById(all)
  const once = [...byId.values()].map((group) => {
    const gravest = group.reduce((worst, each) => (weight(each) > weight(worst) ? each : worst))
    const processes =
      isOne && !isMerged
        ? []
        : [...new Set(group.flatMap(({ process, processes }) => [processName(process), ...processes]))]
    return { ...gravest, processes }
  })
  return once.sort((a, b) => rank(b) - rank(a))
}

function findingsIn(report: Report): LocatedFinding[] {
  const parts = partsById(report)
  return report.findings.map((finding) => locate(report, finding, parts))
}

/** One finding of a report, with its place. */
export function locate(report: Report, finding: Finding, parts: PartsById): LocatedFinding {
  const { name } = subjectOf(finding, parts)
  const process = processOf(report, finding)
  return {
    finding,
    name: name ?? finding.kind,
    site: placeOf(finding, parts),
    code: codeOf(finding, parts),
    process,
    processes: finding.process === undefined ? [] : processesOf(report, finding).map(processName),
    details: findingRows(finding, parts, showSite(process.cwd, false), Number.POSITIVE_INFINITY).map(
      ({ label, lines }) => `${label}: ${lines.join(' ')}`,
    ),
  }
}

/** The process of a finding. */
export function processOf(report: Report, { process, seen }: Finding): Process {
  if (seen !== undefined) return seen.process
  const found = report.processes?.find(
    ({ pid, threadId }) => pid === process?.pid && threadId === process.threadId,
  )
  return found ?? (process === undefined ? report.process : { ...report.process, ...process, main: null })
}

/** All processes of a finding. */
function processesOf(report: Report, finding: Finding): Process[] {
  const keys = finding.processes
  if (keys === undefined) return [processOf(report, finding)]
  return keys.map(({ pid, threadId }) => processOf(report, { ...finding, process: { pid, threadId } }))
}

function rank({ finding }: LocatedFinding): number {
  return finding.severity === 'leak' ? 1 : 0
}

function weight(located: LocatedFinding): number {
  return rank(located) * Number.MAX_SAFE_INTEGER + located.finding.count
}

function groupById(all: readonly LocatedFinding[]): Map<string, LocatedFinding[]> {
  const groups = new Map<string, LocatedFinding[]>()
  for (const each of all) {
    const group = groups.get(each.finding.id)
    if (group === undefined) groups.set(each.finding.id, [each])
    else group.push(each)
  }
  return groups
}
