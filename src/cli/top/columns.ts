/** The columns of both tables, by the width that there is. */
import type { Tone } from '../../report/words/colour.ts'
import { escapeControls } from '../../report/words/escape.ts'
import { duration } from '../../report/words/wording.ts'
import { type EngineRow, type ProcessRow, shownGrowth } from './rows.ts'
import { sparkline } from './sparkline.ts'
import type { Column } from './table.ts'

/** From this width on there is room for more than the most important. */
const wide = 120

export function processColumns(width: number): Column<ProcessRow>[] {
  const isWide = width >= wide
  return [
    number('PID', ({ pid }) => String(pid), 7),
    { title: 'SERVICE', kind: 'text', share: 1, cell: (row) => serviceText(row, isWide) },
    number('UPTIME', ({ ageMs }) => duration(ageMs)),
    ...when(
      isWide,
      number('NODE', ({ node }: ProcessRow) => escapeControls(node).slice(0, 10)),
    ),
    ...when(
      isWide,
      number('CPU', ({ cpu }: ProcessRow) => orDash(cpu, (part) => `${Math.round(part * 100)} %`), 5),
    ),
    ...when(
      isWide,
      number('MEMORY', ({ rss }: ProcessRow) => orDash(rss, megabytes), 8),
    ),
    number('HANDLES', ({ handles }) => orDash(handles, grouped)),
    { ...number('LEAKS', ({ leaks }: ProcessRow) => orDash(leaks, grouped)), tone: toneOfLeaks },
    number('RUNNING', ({ running }) => orDash(running, grouped)),
    trend(isWide ? Math.floor(width / 5) : 8),
    growth(),
    ...when(isWide, silence),
  ]
}

/** `ofOneProcess`: of whose engines nothing else is to be told. */
export function engineColumns(width: number, ofOneProcess: boolean): Column<EngineRow>[] {
  const isWide = width >= wide
  return [
    { title: 'ENGINE', kind: 'text', share: 3, cell: ({ engine }) => escapeControls(engine) },
    { title: 'PLACE', kind: 'place', share: 4, cell: ({ site }) => escapeControls(site) },
    ...when(!ofOneProcess, ofService),
    ...when(
      isWide && !ofOneProcess,
      number('PROCESSES', ({ pids }: EngineRow) => String(pids.length)),
    ),
    ...when(
      isWide,
      number('STARTED', ({ started }: EngineRow) => grouped(started)),
      number('STOPPED', ({ stopped }: EngineRow) => grouped(stopped)),
    ),
    ...when(
      isWide || ofOneProcess,
      number('OLDEST', ({ oldestMs }: EngineRow) => orDash(oldestMs, duration), 6),
    ),
    number('RUNNING', ({ running }) => grouped(running)),
    trend(isWide ? Math.floor(width / 5) : 8),
    growth(),
  ]
}

const ofService: Column<EngineRow> = {
  title: 'SERVICE',
  kind: 'text',
  share: 2,
  cell: ({ service }) => escapeControls(service),
}

const silence: Column<ProcessRow> = {
  title: 'STATE',
  kind: 'text',
  cell: ({ silence }) => silence ?? '',
  tone: () => 'warning',
}

function number<Row>(title: string, cell: (row: Row) => string, width?: number): Column<Row> {
  return { title, kind: 'number', cell, ...(width === undefined ? {} : { width }) }
}

function trend<Row extends Pick<EngineRow, 'series'>>(width: number): Column<Row> {
  return { title: 'TREND', kind: 'curve', width, cell: ({ series }, room) => sparkline(series, room) }
}

function growth<Row extends Pick<EngineRow, 'growth'>>(): Column<Row> {
  return { title: 'PER MIN', kind: 'number', cell: (row) => growthText(row.growth), tone: toneOfGrowth }
}

/** `+12`, `+0.4`, `-3`; `0`: steady. */
export function growthText(growth: number | null): string {
  if (growth === null) return '-'
  const shown = shownGrowth(growth)
  return `${shown > 0 ? '+' : ''}${shown === 0 ? '0' : grouped(shown)}`
}

function toneOfGrowth({ growth }: Pick<EngineRow, 'growth'>): Tone {
  return shownGrowth(growth) > 0 ? 'warning' : 'plain'
}

function toneOfLeaks({ leaks }: ProcessRow): Tone {
  return leaks === null || leaks === 0 ? 'plain' : 'leak'
}

function when<Row>(isSo: boolean, ...columns: Column<Row>[]): Column<Row>[] {
  return isSo ? columns : []
}

function orDash(value: number | null, text: (value: number) => string): string {
  return value === null ? '-' : text(value)
}

const numbers = new Intl.NumberFormat('en-US')

/** `1,204` */
export function grouped(value: number): string {
  return numbers.format(value)
}

/** Without a column for its state, a mark says that a process tells nothing. */
function serviceText({ service, silence }: ProcessRow, hasState: boolean): string {
  return `${silence !== null && !hasState ? '! ' : ''}${escapeControls(service)}`
}

/** As people say it: `120 MB`. */
export function megabytes(bytes: number): string {
  return `${grouped(Math.round(bytes / 1e6))} MB`
}
