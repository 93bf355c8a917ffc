/** Shows a shutdown as lines of text: when each engine was stopped, and how long that took. */

import type { Report, Shutdown, Stop } from '../schema/report.ts'
import { counted } from './headline.ts'
import { clip, length } from './layout.ts'
import { duration } from './wording.ts'

const stopsShown = 16
const widestName = 24
const widestBar = 40

/** A row is one stop, or several successive stops of engines of one name. */
interface Row {
  names: string[]
  from: number
  /** `null`: it has not finished. */
  until: number | null
  notes: string[]
}

/** The stops of `shutdown`, at most as wide as `room`. */
export function timeline(shutdown: Shutdown, report: Report, room: number): string[] {
  const rows = shutdown.order.reduce<Row[]>((before, stop) => withStop(before, stop, report), [])
  const shown = mostImportant(rows)
  const begin = Date.parse(shutdown.startedAt)
  const isDone = rows.every(({ until }) => until !== null)
  const end = isDone ? Math.max(begin, ...rows.map(({ until }) => until ?? 0)) : Date.parse(report.at)
  const offsets = padded(shown.map(({ from }) => `+${from <= begin ? '0 ms' : duration(from - begin)}`))
  const names = padded(shown.map(({ names }) => clip(nameOf(names), widestName)))
  const notes = shown.map((row) => noteOf(row, Date.parse(report.at)))
  const usedWidth = length(offsets[0] ?? '') + length(names[0] ?? '') + Math.max(0, ...notes.map(length)) + 6
  const width = Math.min(widestBar, room - usedWidth)
  const lines = shown.flatMap((row, index) => {
    const bar = width < 4 ? '' : `${barOf(row, { begin, end, width })}  `
    return [
      `${offsets[index]}  ${names[index]}  ${bar}${notes[index]}`,
      ...row.notes.map((note) => `${' '.repeat(length(offsets[index] as string))}  ${note}`),
    ]
  })
  const more = stopsIn(rows) - stopsIn(shown) + (shutdown.omitted ?? 0)
  return more > 0 ? [...lines, `and ${counted(more, 'stop')} more`] : lines
}

/** The rows that are shown, in their order: those that have not finished, then the first ones. */
function mostImportant(rows: readonly Row[]): Row[] {
  const isPending = ({ until }: Row) => until === null
  const finished = rows.filter((row) => !isPending(row))
  const first = [...rows.filter(isPending), ...finished].slice(0, stopsShown)
  return rows.filter((row) => first.includes(row))
}

function stopsIn(rows: readonly Row[]): number {
  return rows.reduce((sum, { names }) => sum + names.length, 0)
}

function withStop(before: Row[], stop: Stop, report: Report): Row[] {
  const from = Date.parse(stop.stopCalledAt)
  const until = stop.stoppedAt === null ? null : Date.parse(stop.stoppedAt)
  const notes = childNotes(stop, report)
  const last = before.at(-1)
  const isMore = last?.names[0] === stop.name && last.notes.length + notes.length === 0
  if (last === undefined || !isMore || (last.until === null) !== (until === null)) {
    return [...before, { names: [stop.name], from, until, notes }]
  }
  last.names.push(stop.name)
  last.until = until === null ? null : Math.max(last.until ?? 0, until)
  return before
}

function childNotes({ stoppedBeforeChildren }: Stop, { engines, shutdown }: Report): string[] {
  if (stoppedBeforeChildren.length === 0) return []
  const names = new Map([
    ...engines.map(({ id, name }) => [id, name] as const),
    ...(shutdown?.order ?? []).map(({ engine, name }) => [engine, name] as const),
  ])
  return [
    `✖ stopped before what it had started: ${countedNames(stoppedBeforeChildren.map((id) => names.get(id) ?? id))}`,
  ]
}

function nameOf(names: readonly string[]): string {
  return names.length === 1 ? (names[0] as string) : `${names.length} ${names[0]}`
}

function noteOf({ from, until, names }: Row, at: number): string {
  if (until === null) return `✖ not finished after ${elapsed(at - from)}`
  return names.length === 1 ? elapsed(until - from) : `${elapsed(until - from)} in all`
}

/** Timestamps are whole milliseconds. */
function elapsed(ms: number): string {
  return ms <= 0 ? '<1 ms' : duration(ms)
}

function barOf(
  { from, until }: Row,
  { begin, end, width }: { begin: number; end: number; width: number },
): string {
  const scale = (at: number) => Math.floor(((at - begin) / Math.max(1, end - begin)) * width)
  const start = Math.min(width - 1, Math.max(0, scale(from)))
  const stop = Math.min(width, Math.max(start + 1, scale(until ?? end)))
  const line = '━'.repeat(stop - start)
  return `${' '.repeat(start)}${until === null ? `${line.slice(0, -1)}▶` : line}`.padEnd(width)
}

function padded(cells: readonly string[]): string[] {
  const widest = Math.max(0, ...cells.map(length))
  return cells.map((cell) => cell + ' '.repeat(widest - length(cell)))
}

/** `2 QueryEngine, Pool`. */
export function countedNames(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} ${name}`)).join(', ')
}
