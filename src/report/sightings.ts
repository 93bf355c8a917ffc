/** The findings of several reports, or of a merged one, each bug once: what a reader of annotations wants to see. */
import { blamed, findingRows, type PartsById, partsById } from './finding-rows.ts'
import { processName } from './headline.ts'
import { showPlace } from './place.ts'
import type { Finding, Process, Report, Site } from './report.ts'

export interface Sighting {
  /** Of those with its id the gravest, then the one with the most. */
  finding: Finding
  name: string
  site: Site | null
  /** Where that one was seen. */
  process: Process
  /** `app.js (pid 123)`: all in which it was seen, where there is more than one process to speak of; else none. */
  processes: string[]
  /** `started: src/order.ts:41   await engine.start()`. */
  details: string[]
}

/** Leaks first, then in the order in which the reports tell them. */
export function sightings(reports: readonly Report[]): Sighting[] {
  const all = reports.flatMap(sightingsIn)
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

function sightingsIn(report: Report): Sighting[] {
  const parts = partsById(report)
  return report.findings.map((finding) => sightingOf(report, finding, parts))
}

/** One finding, as it stands in its report. */
export function sightingOf(report: Report, finding: Finding, parts: PartsById): Sighting {
  const { name, site } = blamed(finding, parts)
  const process = processOf(report, finding)
  return {
    finding,
    name: name ?? finding.kind,
    site,
    process,
    processes: finding.process === undefined ? [] : processesOf(report, finding).map(processName),
    details: findingRows(finding, parts, showPlace(process.cwd, false), Number.POSITIVE_INFINITY).map(
      ({ label, lines }) => `${label}: ${lines.join(' ')}`,
    ),
  }
}

/** The process that a finding is of. */
export function processOf(report: Report, { process }: Finding): Process {
  const found = report.processes?.find(
    ({ pid, threadId }) => pid === process?.pid && threadId === process.threadId,
  )
  return found ?? (process === undefined ? report.process : { ...report.process, ...process, main: null })
}

/** All in which it is. */
function processesOf(report: Report, finding: Finding): Process[] {
  const keys = finding.processes
  if (keys === undefined) return [processOf(report, finding)]
  return keys.map(({ pid, threadId }) => processOf(report, { ...finding, process: { pid, threadId } }))
}

function rank({ finding }: Sighting): number {
  return finding.severity === 'leak' ? 1 : 0
}

function weight(sighting: Sighting): number {
  return rank(sighting) * Number.MAX_SAFE_INTEGER + sighting.finding.count
}

function groupById(all: readonly Sighting[]): Map<string, Sighting[]> {
  const groups = new Map<string, Sighting[]>()
  for (const each of all) {
    const group = groups.get(each.finding.id)
    if (group === undefined) groups.set(each.finding.id, [each])
    else group.push(each)
  }
  return groups
}
