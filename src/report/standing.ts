/** What runs and what is left behind, by fingerprint, in one process or in many: what two dumps are compared by. */
import { relative } from 'node:path'
import { blamed, type PartsById, partsById } from './finding-rows.ts'
import type { Engine, Finding, Frame, Handle, Process, Report } from './report.ts'

/** All of one bug, or all that were started at one place. */
export interface Spot {
  name: string
  /** Ids of findings; none for engines that just run. */
  ids: Set<string>
  kinds: Set<string>
  count: number
  /** Held by those. */
  handles: number
  /** Of Node's own: the connections of a server come and go. */
  isCore: boolean
  /** The first of them, and where it was seen: for its place. */
  subject: Engine | Handle | null
  process: Process
}

export interface Standing {
  spots: Map<string, Spot>
  /** By what tells a process from every other. */
  processes: Map<string, Process>
  /** When the first and the last of its reports were made; empty where there are none. */
  from: string
  to: string
  /** Of all its processes together. */
  uptimeMs: number
}

/** Of each process its last report, or its first. */
export function standingOf(reports: readonly Report[], which: 'first' | 'last' = 'last'): Standing {
  const processes = new Map<string, Process>()
  const spots = new Map<string, Spot>()
  const order = which === 'last' ? -1 : 1
  const counted = reports
    .toSorted((a, b) => order * a.at.localeCompare(b.at))
    .filter((report) => isNews(report, processes))
  for (const report of counted) addSpots(spots, report)
  const times = counted.map(({ at }) => at).sort()
  return {
    spots,
    processes,
    from: times[0] ?? '',
    to: times.at(-1) ?? '',
    uptimeMs: [...processes.values()].reduce((sum, { uptimeMs }) => sum + uptimeMs, 0),
  }
}

/** Whether it tells of a process that no later report told of. */
function isNews({ process, processes }: Report, known: Map<string, Process>): boolean {
  const all: readonly Process[] = processes ?? [process]
  const news = all.filter((each) => !known.has(identity(each)))
  for (const each of news) known.set(identity(each), each)
  return news.length > 0
}

function identity({ hostname, pid, threadId, startedAt }: Process): string {
  return [hostname, pid, threadId, startedAt].join(' ')
}

/** These say of an engine that it runs: it counts once, however many of them say so, and whichever of them do. */
const running = new Set(['never-stopped', 'restarted', 'overdue', 'growing', 'abandoned'])
/** What garbage collection took while it ran was not stopped either. */
const runningStates = new Set<Engine['state']>(['starting', 'running', 'collected'])

function addSpots(spots: Map<string, Spot>, report: Report): void {
  const parts = partsById(report)
  const held = new Map<string, number>()
  for (const { engine } of report.handles) {
    if (engine !== null) held.set(engine, (held.get(engine) ?? 0) + 1)
  }
  for (const engine of report.engines) {
    if (!runningStates.has(engine.state)) continue
    const spot = spotAt(spots, placeKey(engine, report.process.cwd), engine.name, engine, report)
    spot.isCore = engine.origin === 'core'
    spot.count += 1
    spot.handles += held.get(engine.id) ?? 0
  }
  for (const finding of report.findings) addFinding(spots, finding, parts, report)
}

function addFinding(spots: Map<string, Spot>, finding: Finding, parts: PartsById, report: Report): void {
  const { name, engine } = blamed(finding, parts)
  const runs = engine !== null && running.has(finding.kind)
  const key = runs ? placeKey(engine, report.process.cwd) : finding.id
  const subject = engine ?? parts.handles.get(finding.handles[0] ?? '') ?? null
  const spot = spotAt(spots, key, name ?? finding.kind, subject, report)
  spot.ids.add(finding.id)
  spot.kinds.add(finding.kind)
  if (runs) return
  spot.count += finding.count
  spot.handles += finding.handles.length
}

function spotAt(
  spots: Map<string, Spot>,
  key: string,
  name: string,
  subject: Spot['subject'],
  { process }: Report,
): Spot {
  const known = spots.get(key)
  if (known !== undefined) return known
  const spot = { name, ids: new Set<string>(), kinds: new Set<string>(), count: 0, handles: 0 }
  const made: Spot = { ...spot, isCore: false, subject, process }
  spots.set(key, made)
  return made
}

/** As a finding's id is made: of no lines, so that an edit above makes no new place; and of no folder, as hosts differ. */
function placeKey(engine: Engine, cwd: string): string {
  const { name, site, started, created } = engine
  if (site === null) return name
  const at = (frame: Frame) => frame.file === site.file && frame.line === site.line
  const frame = started?.frames.find(at) ?? created?.frames.find(at)
  return [name, pathFrom(cwd, site.file), frame?.function ?? ''].join(' ')
}

function pathFrom(cwd: string, file: string): string {
  const dependency = file.lastIndexOf('node_modules')
  if (dependency >= 0) return file.slice(dependency)
  const path = cwd === '' ? file : relative(cwd, file)
  return path.startsWith('..') ? file : path
}
