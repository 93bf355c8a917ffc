/** All processes, and the engines of all of them. */
import { duration } from '../../report/words/wording.ts'
import { clip } from '../console/fitting.ts'
import type { History } from './history.ts'
import { engineRows, type Order, type ProcessRow, processRows } from './rows.ts'
import { engineTable, processTable, sides, summary, tableTitle } from './screen-parts.ts'
import type { Space } from './table.ts'

/** What it is about, two titles and two headings. */
const otherLines = 5

export interface Overview {
  readonly lines: string[]
  /** How many processes there is room for. */
  readonly page: number
}

/** `chosen`: the id of the process that is marked. */
export function overview(
  history: History,
  processes: readonly ProcessRow[],
  chosen: string | null,
  order: Order,
  intervalMs: number,
  space: Space,
): Overview {
  const { width, height, paint } = space
  const engines = engineRows(history, order, null)
  const room = Math.max(2, height - otherLines)
  // Each has half of it, and what the other leaves.
  const page = Math.max(
    1,
    Math.min(processes.length, Math.max(Math.ceil(room / 2), room - engines.length), room - 1),
  )
  const at = processes.findIndex(({ id }) => id === chosen)
  const from = Math.max(0, Math.min(at - Math.floor(page / 2), processes.length - page))
  const window = processes.slice(from, from + page)
  const shownEngines = engines.slice(0, room - page)
  const { pid, silence } = processes[at] ?? { pid: 0, silence: null }
  const ranges = [
    tableTitle('Processes', order, { from, shown: window.length, all: processes.length }),
    tableTitle('Their engines', order, { from: 0, shown: shownEngines.length, all: engines.length }),
  ] as const
  const title = (text: string) => paint('title', clip(text, width))
  const lines = [
    sides(summary(processes), sampling(history, intervalMs), space),
    title(silence === null ? ranges[0] : `${ranges[0]} (${pid}: ${silence})`),
    ...processTable(window, chosen, space),
    title(ranges[1]),
    ...engineTable(shownEngines, false, space),
  ]
  return { lines, page }
}

/** `every 1 s, trend of 45 s` */
function sampling(history: History, intervalMs: number): string {
  const trend = history.coveredMs > 0 ? `, trend of ${duration(history.coveredMs)}` : ''
  return `every ${duration(intervalMs)}${trend}`
}

/** All there is, one below the other, for a reader that is no screen. */
export function pageOf(history: History, space: Space): string {
  const processes = processRows(history, 'growth')
  const engines = engineRows(history, 'growth', null)
  const lines = [
    summary(processes),
    ...(processes.length === 0 ? [] : ['', ...processTable(processes, null, space)]),
    ...(engines.length === 0 ? [] : ['', ...engineTable(engines, false, space)]),
    ...processes.flatMap(({ pid, silence }) => (silence === null ? [] : [`! ${pid}: ${silence}`])),
  ]
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}
