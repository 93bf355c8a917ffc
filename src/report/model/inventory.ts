/** An inventory counts what runs and what is left behind, by place, in one process or in many. `diff` compares two of them. */
import { relative } from 'node:path'
import { isOfRunningEngine } from '../../judge/kinds/by-subject.ts'
import type { Engine, Finding, Frame, Handle, Process, Report } from '../schema/report.ts'
import { type PartsById, partsById, subjectOf } from '../words/finding-rows.ts'

/** All instances of one bug, or all engines that were started at one place. */
export interface InventoryItem {
  name: string
  /** The ids of its findings. Engines that just run have none. */
  ids: Set<string>
  kinds: Set<string>
  count: number
  /** How many handles they hold. */
  handles: number
  /** An engine of Node's own. The number of its handles does not count: connections of a server come and go. */
  isCore: boolean
  /** The first of them, whose place is shown, and its process. */
  subject: Engine | Handle | null
  process: Process
}

export interface Inventory {
  items: Map<string, InventoryItem>
  /** By what is unique to a process. */
  processes: Map<string, Process>
  /** When the first and the last of its reports were made. Empty: there are none. */
  from: string
  to: string
  /** The uptime of all its processes together. */
  uptimeMs: number
}

/** Uses the last report of each process, or the first. */
export function inventoryOf(reports: readonly Report[], which: 'first' | 'last' = 'last'): Inventory {
  const processes = new Map<string, Process>()
  const items = new Map<string, InventoryItem>()
  const order = which === 'last' ? -1 : 1
  const counted = reports
    .toSorted((a, b) => order * a.at.localeCompare(b.at))
    .filter((report) => tellsOfNewProcess(report, processes))
  for (const report of counted) addItems(items, report)
  const times = counted.map(({ at }) => at).sort()
  return {
    items,
    processes,
    from: times[0] ?? '',
    to: times.at(-1) ?? '',
    uptimeMs: [...processes.values()].reduce((sum, { uptimeMs }) => sum + uptimeMs, 0),
  }
}

/** Whether the report has a process that no report before it had. */
function tellsOfNewProcess({ process, processes }: Report, known: Map<string, Process>): boolean {
  const all: readonly Process[] = processes ?? [process]
  const unknown = all.filter((each) => !known.has(identity(each)))
  for (const each of unknown) known.set(identity(each), each)
  return unknown.length > 0
}

function identity({ hostname, pid, threadId, startedAt }: Process): string {
  return [hostname, pid, threadId, startedAt].join(' ')
}

/** An engine that was garbage-collected while it ran was not stopped either. */
const runningStates = new Set<Engine['state']>(['starting', 'running', 'collected'])

function addItems(items: Map<string, InventoryItem>, report: Report): void {
  const parts = partsById(report)
  const held = new Map<string, number>()
  for (const { engine } of report.handles) {
    if (engine !== null) held.set(engine, (held.get(engine) ?? 0) + 1)
  }
  for (const engine of report.engines) {
    if (!runningStates.has(engine.state)) continue
    const item = itemAt(items, placeKey(engine, report.process.cwd), engine.name, engine, report)
    item.isCore = engine.origin === 'core'
    item.count += 1
    item.handles += held.get(engine.id) ?? 0
  }
  for (const finding of report.findings) addFinding(items, finding, parts, report)
}

function addFinding(
  items: Map<string, InventoryItem>,
  finding: Finding,
  parts: PartsById,
  report: Report,
): void {
  const { name, engine } = subjectOf(finding, parts)
  // An engine that runs counts once, whatever number of findings it has.
  const runs = engine !== null && isOfRunningEngine(finding.kind)
  const key = runs ? placeKey(engine, report.process.cwd) : finding.id
  const subject = engine ?? parts.handles.get(finding.handles[0] ?? '') ?? null
  const item = itemAt(items, key, name ?? finding.kind, subject, report)
  item.ids.add(finding.id)
  item.kinds.add(finding.kind)
  if (runs) return
  item.count += finding.count
  item.handles += finding.handles.length
}

function itemAt(
  items: Map<string, InventoryItem>,
  key: string,
  name: string,
  subject: InventoryItem['subject'],
  { process }: Report,
): InventoryItem {
  const known = items.get(key)
  if (known !== undefined) return known
  const item = { name, ids: new Set<string>(), kinds: new Set<string>(), count: 0, handles: 0 }
  const added: InventoryItem = { ...item, isCore: false, subject, process }
  items.set(key, added)
  return added
}

/** Like the id of a finding: without lines, which an edit above changes, and without folders, which differ between hosts. */
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
