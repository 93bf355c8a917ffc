/**
 * Any number of saved reports in, in any order, one report out: each bug once, with when and where it was seen. Of each bug it keeps
 * the places of one process, the one that has most of it; of each process a few numbers. All else of a report is forgotten at once.
 */
import { createHash } from 'node:crypto'
import type { Engine, Finding, Handle, Process, Report } from '../schema/report.ts'
import { processOf } from './located-findings.ts'
import { counts } from './merge.ts'
import { buildOf, Sightings } from './sightings.ts'

export interface Gathering {
  add(report: Report): void
  /** `null`: nothing was added. */
  report(): Report | null
}

/** Of one finding, with their places; more only repeat it. */
const partsKept = 50
const idsKept = 1000
const namesKept = 1000
const notesKept = 100

interface Bug {
  finding: Finding
  engines: Engine[]
  handles: Handle[]
  process: Process
  at: number
  sightings: Sightings
}

type Totals = Report['summary']['engines'] & Report['summary']['handles'] & { at: number }

export function gathering(): Gathering {
  const bugs = new Map<string, Bug>()
  const lastReports = new Map<number, Totals>()
  const hosts = new Set<string>()
  const services = new Set<string>()
  const builds = new Set<string>()
  const notes = { faults: new Set<string>(), notCovered: new Set<string>() }
  let newest: Pick<Report, 'at' | 'trigger' | 'process' | 'self'> | null = null
  let from = ''
  let reports = 0

  /** A run's numbers are those of all its processes: the first has them. */
  const addProcess = (report: Report, process: Process, isFirst: boolean, at: number): void => {
    hosts.add(process.hostname)
    if (services.size < namesKept) services.add(process.service)
    if (builds.size < namesKept) builds.add(buildOf(process))
    // A check tells only what is new and what is over.
    if (report.trigger === 'check') return
    const hash = hashOf(process)
    const known = lastReports.get(hash)
    if (known !== undefined && known.at >= at) return
    const { engines, handles } = isFirst ? report.summary : nothing
    lastReports.set(hash, { at, ...engines, failed: engines.failed ?? 0, ...handles })
  }

  return {
    add(report) {
      reports += 1
      const at = Date.parse(report.at)
      const { faults, notCovered } = report.self
      for (const [index, process] of (report.processes ?? [report.process]).entries())
        addProcess(report, process, index === 0, at)
      for (const line of faults) if (notes.faults.size < notesKept) notes.faults.add(line)
      for (const line of notCovered) if (notes.notCovered.size < notesKept) notes.notCovered.add(line)
      if (newest === null || report.at > newest.at)
        newest = { at: report.at, trigger: report.trigger, process: report.process, self: report.self }
      if (from === '' || report.at < from) from = report.at
      for (const finding of report.findings) {
        const bug = bugOf(bugs, finding, report, at)
        bug.sightings.addReport(at)
        for (const { process, count } of placesOf(report, finding))
          bug.sightings.add(at, count, process, hashOf(process))
      }
      for (const { id } of report.resolved ?? [])
        bugs.get(id)?.sightings.add(at, 0, report.process, hashOf(report.process))
    },
    report() {
      if (newest === null) return null
      const all = [...bugs.values()].map((bug, index) => shown(bug, index + 1, lastReports)).sort(byWeight)
      const findings = all.map(({ finding }) => finding)
      return {
        schema: 'leakwatch/1',
        trigger: newest.trigger,
        at: newest.at,
        process: newest.process,
        summary: { ...counts(findings), ...totalsOf(lastReports.values()) },
        findings,
        engines: all.flatMap(({ engines }) => engines),
        handles: all.flatMap(({ handles }) => handles),
        shutdown: null,
        self: {
          ...newest.self,
          handlesOmitted: 0,
          faults: [...notes.faults],
          notCovered: [...notes.notCovered],
        },
        gathered: {
          reports,
          from,
          to: newest.at,
          processes: lastReports.size,
          hosts: hosts.size,
          services: [...services].sort(),
          builds: [...builds].sort(),
        },
      }
    },
  }
}

const nothing: Pick<Report['summary'], 'engines' | 'handles'> = {
  engines: { started: 0, stopped: 0, running: 0, failed: 0 },
  handles: { live: 0, referenced: 0 },
}

/** In a container each process has the pid 1: a host and a time make it one of a kind. */
function hashOf({ hostname, pid, threadId, startedAt }: Process): number {
  const text = [hostname, pid, threadId, startedAt].join(' ')
  return createHash('sha1').update(text).digest().readUIntBE(0, 6)
}

function placesOf(report: Report, finding: Finding): { process: Process; count: number }[] {
  const { processes, count } = finding
  if (processes === undefined) return [{ process: processOf(report, finding), count }]
  return processes.map(({ pid, threadId, count }) => ({
    process: processOf(report, { ...finding, process: { pid, threadId } }),
    count,
  }))
}

/** The bug, which shows this report's finding if there was less of it before. */
function bugOf(bugs: Map<string, Bug>, finding: Finding, report: Report, at: number): Bug {
  const known = bugs.get(finding.id)
  if (known !== undefined && !isMore(finding, at, known)) return known
  const parts = { finding, process: processOf(report, finding), at, ...partsOf(report, finding) }
  const bug: Bug = known ?? { ...parts, sightings: new Sightings() }
  if (known === undefined) bugs.set(finding.id, bug)
  else Object.assign(known, parts)
  return bug
}

function isMore(finding: Finding, at: number, known: Bug): boolean {
  const rank = ({ severity }: Finding) => (severity === 'leak' ? 1 : 0)
  const more = rank(finding) - rank(known.finding) || finding.count - known.finding.count
  return more > 0 || (more === 0 && at > known.at)
}

/** The engine with its ancestors, some of the handles with theirs, and some of what it has lent. */
function partsOf(report: Report, finding: Finding): Pick<Bug, 'engines' | 'handles'> {
  const wanted = new Set(finding.handles.slice(0, partsKept))
  const handles = report.handles.filter(({ id }) => wanted.has(id))
  const byId = new Map(report.engines.map((engine) => [engine.id, engine]))
  const engines = new Set<Engine>()
  const names = [
    finding.engine,
    ...handles.map(({ engine }) => engine),
    ...(finding.leases ?? []).slice(0, partsKept),
  ]
  for (const name of names) {
    for (let each = byId.get(name ?? ''); each !== undefined && !engines.has(each); ) {
      engines.add(each)
      each = byId.get(each.parent ?? '')
    }
  }
  return { engines: [...engines], handles }
}

/** Ids of engines and handles become unique: `e1` of the third bug is `e1@3`. */
function shown(
  { finding, engines, handles, process, sightings }: Bug,
  index: number,
  lastReports: ReadonlyMap<number, Totals>,
): Pick<Report, 'engines' | 'handles'> & { finding: Finding } {
  const id = (own: string): string => `${own}@${index}`
  const idOrNull = (own: string | null): string | null => (own === null ? null : id(own))
  const seen = sightings.seen(process, lastReports)
  const { process: _process, processes: _processes, ...own } = finding
  const more = seen.processes - 1
  const elsewhere = more < 1 ? '' : `; the same in ${more} more process${more === 1 ? '' : 'es'}`
  return {
    finding: {
      ...own,
      message: `${finding.message}${elsewhere}`,
      engine: idOrNull(finding.engine),
      handles: finding.handles.slice(0, idsKept).map(id),
      ...(finding.leases === undefined ? {} : { leases: finding.leases.slice(0, partsKept).map(id) }),
      count: Math.max(seen.now.count, finding.count),
      seen,
    },
    engines: engines.map(({ process: _own, ...engine }) => ({
      ...engine,
      id: id(engine.id),
      parent: idOrNull(engine.parent),
    })),
    handles: handles.map(({ process: _own, ...handle }) => ({
      ...handle,
      id: id(handle.id),
      engine: idOrNull(handle.engine),
    })),
  }
}

/** Leaks come first, and among these what is there now, then what there is most of. */
function byWeight({ finding: a }: { finding: Finding }, { finding: b }: { finding: Finding }): number {
  const rank = ({ severity }: Finding) => (severity === 'leak' ? 0 : 1)
  const isOver = ({ seen }: Finding) => (seen?.now.count === 0 ? 1 : 0)
  return rank(a) - rank(b) || isOver(a) - isOver(b) || b.count - a.count
}

/** Of all processes together, each by its last report. */
function totalsOf(all: Iterable<Totals>): Pick<Report['summary'], 'engines' | 'handles'> {
  const sum = { ...nothing.engines, ...nothing.handles }
  for (const each of all) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += each[key]
  const { live, referenced, ...engines } = sum
  return { engines, handles: { live, referenced } }
}
