/** The parts that all screens are made of. */
import { counted } from '../../report/words/headline.ts'
import { clip } from '../console/fitting.ts'
import { columnsOf } from '../console/terminal.ts'
import { engineColumns, grouped, processColumns } from './columns.ts'
import type { EngineRow, Order, ProcessRow } from './rows.ts'
import { type Space, table } from './table.ts'

/** `leakwatch top: 40 processes, 1,204 engines running, 3 leaks` */
export function summary(processes: readonly ProcessRow[]): string {
  if (processes.length === 0) return 'leakwatch top: no process of this user is watched'
  const total = (of: (row: ProcessRow) => number | null) =>
    processes.reduce((sum, row) => sum + (of(row) ?? 0), 0)
  const leaks = total((row) => row.leaks)
  const count = processes.length === 1 ? '1 process' : `${grouped(processes.length)} processes`
  const running = total((row) => row.running)
  const engines = `${grouped(running)} ${running === 1 ? 'engine' : 'engines'} running`
  return `leakwatch top: ${count}, ${engines}${leaks > 0 ? `, ${counted(leaks, 'leak')}` : ''}`
}

export function processTable(rows: readonly ProcessRow[], chosen: string | null, space: Space): string[] {
  return table(processColumns(space.width), rows, space, ({ id }) => id === chosen)
}

export function engineTable(rows: readonly EngineRow[], ofOneProcess: boolean, space: Space): string[] {
  return table(engineColumns(space.width, ofOneProcess), rows, space, () => false)
}

const orderWords: Readonly<Record<Order, string>> = {
  growth: 'growth',
  running: 'number running',
  age: 'age',
  name: 'name',
}

/** `Engines by growth, 1 to 9 of 31` */
export function tableTitle(
  what: string,
  order: Order,
  { from, shown, all }: { from: number; shown: number; all: number },
): string {
  const range = shown === all ? '' : `, ${grouped(from + 1)} to ${grouped(from + shown)} of ${grouped(all)}`
  return `${what} by ${orderWords[order]}${range}`
}

/** One text at the left, another at the right where there is room for both. */
export function sides(left: string, right: string, { width, paint }: Space): string {
  const between = width - columnsOf(left) - columnsOf(right)
  const shown = paint('title', clip(left, width))
  return between < 2 ? shown : `${shown}${' '.repeat(between)}${paint('label', right)}`
}

/** Made as long, or as short, as the screen. */
export function filled(lines: readonly string[], height: number): string[] {
  return [...lines.slice(0, height), ...new Array<string>(Math.max(0, height - lines.length)).fill('')]
}
