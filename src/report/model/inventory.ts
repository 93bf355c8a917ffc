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

/** Which report of each process counts. */
export type Which = 'first' | 'last'

/** Uses the last report of each process, or the first. */
export function inventoryOf(reports: readonly Report[], which: Which = 'last'): Inventory {
  const inventory = emptyInventory()
  for (const report of reports.toSorted(orderOf(which))) addReport(inventory, report)
  return inventory
}

export function emptyInventory(): Inventory {
  return { items: new Map(), processes: new Map(), from: '', to: '', uptimeMs: 0 }
}

/** The order in which reports have to be added: of each process the first counts. */
export function orderOf(which: Which): (a: { at: string }, b: { at: string }) => number {
  return which === 'last' ? (a, b) => b.at.localeCompare(a.at) : (a, b) => a.at.localeCompare(b.at)
}

export function addReport(inventory: Inventory, report: Report): void {
  const { processes, items, from, to } = inventory
  const unknown = (report.processes ?? [report.process]).filter((each) => !processes.has(identity(each)))
  if (unknown.length === 0) return
  for (const each of unknown) processes.set(identity(each), each)
  inventory.uptimeMs += unknown.reduce((sum, { uptimeMs }) => sum + uptimeMs, 0)
  if (from === '' || report.at < from) inventory.from = report.at
  if (report.at > to) inventory.to = report.at
  addItems(items, report)
}

/** What tells the processes of a report from all others. */
export function identities({ process, processes }: Report): string[] {
  return (processes ?? [process]).map(identity)
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
  // A gathered report has one engine of each bug.
  const engines = report.gathered === undefined ? report.engines : []
  for (const engine of engines) {
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
  if (runs && finding.seen === undefined) return
  const count = finding.seen?.now.count ?? finding.count
  item.count = runs ? Math.max(item.count, count) : item.count + count
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
