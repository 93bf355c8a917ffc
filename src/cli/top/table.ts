/** Lines of cells, in the columns of a terminal: a Chinese character takes two of them. */
import type { Paint, Tone } from '../../report/words/colour.ts'
import { clip, clipStart, padded } from '../console/fitting.ts'
import { columnsOf } from '../console/terminal.ts'

/** How many columns and lines there are, and whether they have colours. */
export interface Space {
  readonly width: number
  readonly height: number
  readonly paint: Paint
}

export interface Column<Row> {
  readonly title: string
  /**
   * Numbers end below each other, texts begin so. A place loses its beginning where it is too long: its line number says more. A curve is
   * as wide as it is asked to be.
   */
  readonly kind: 'number' | 'text' | 'place' | 'curve'
  /** One line, without control characters. */
  cell(row: Row, width: number): string
  /** Else it is as wide as its widest cell. */
  readonly width?: number
  /** Texts and places share what is left, by these numbers. */
  readonly share?: number
  tone?(row: Row): Tone
}

const gap = '  '
/** What a text needs to be worth its column. */
const leastText = 8
const sample = 200

/**
 * The heading, then a line for each row, none wider than `width`, before each a mark for the chosen row. Where there is little room the third
 * column is left out, then what is the third by then.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  space: Pick<Space, 'width' | 'paint'>,
  isChosen: (row: Row) => boolean,
): string[] {
  const { width, paint } = space
  const wanted = columns.map((column) => wantedBy(column, rows))
  const least = columns.map(({ share }, index) =>
    Math.min(wanted[index] ?? 0, share === undefined ? width : leastText),
  )
  const room = width - 2 - gap.length * (columns.length - 1)
  if (total(least) > room) {
    const dropped = Math.min(2, columns.length - 1)
    if (dropped > 0) return table(columns.toSpliced(dropped, 1), rows, space, isChosen)
  }
  const widths = widthsOf(columns, wanted, room)
  const heading = columns.map(({ title, kind }, index) => fit(title, widths[index] ?? 0, kind)).join(gap)
  const lines = rows.map((row) => {
    const chosen = isChosen(row)
    const cells = columns.map((column, index) => {
      const room = widths[index] ?? 0
      const cell = column.cell(row, room)
      const text = column.kind === 'curve' ? cell : fit(cell, room, column.kind)
      const tone = column.tone?.(row) ?? 'plain'
      return tone === 'plain' && chosen ? paint('title', text) : paint(tone, text)
    })
    return `${chosen ? paint('title', '> ') : '  '}${cells.join(gap)}`
  })
  return [paint('label', `  ${heading}`), ...lines]
}

function wantedBy<Row>({ title, cell, width }: Column<Row>, rows: readonly Row[]): number {
  return Math.max(columnsOf(title), width ?? widest(rows, (row) => cell(row, 0)))
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0)
}

function widthsOf<Row>(columns: readonly Column<Row>[], wanted: readonly number[], room: number): number[] {
  const shares = columns.reduce((sum, { share = 0 }) => sum + share, 0)
  let left = room
  for (const [index, { share }] of columns.entries()) if (share === undefined) left -= wanted[index] as number
  // Who wants less than its share leaves the rest to the others.
  const widths = [...wanted]
  let open = columns.map((_, index) => index).filter((index) => columns[index]?.share !== undefined)
  let sharesLeft = shares
  for (;;) {
    const modest = open.filter((index) => (wanted[index] ?? 0) <= partOf(columns[index], left, sharesLeft))
    if (modest.length === 0) break
    for (const index of modest) {
      left -= wanted[index] as number
      sharesLeft -= columns[index]?.share ?? 0
    }
    open = open.filter((index) => !modest.includes(index))
  }
  for (const index of open) widths[index] = Math.max(1, partOf(columns[index], left, sharesLeft))
  // The last one that is left may still be too wide.
  return columns.length > 1 ? widths : [Math.max(0, room)]
}

function partOf<Row>(column: Column<Row> | undefined, left: number, shares: number): number {
  return Math.floor((left * (column?.share ?? 0)) / shares)
}

function widest<Row>(rows: readonly Row[], text: (row: Row) => string): number {
  return rows.slice(0, sample).reduce((most, row) => Math.max(most, columnsOf(text(row))), 0)
}

function fit(text: string, width: number, kind: Column<never>['kind']): string {
  const shown = kind === 'place' ? clipStart(text, width) : clip(text, width)
  return padded(shown, width, kind === 'text' || kind === 'place' ? 'end' : 'start')
}
