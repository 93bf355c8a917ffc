/** The layout of text for people: titles, and labelled rows below them. */
import { type Paint, painter, type Tone } from './colour.ts'
import { escapeControls } from './escape.ts'
import type { Row } from './finding-rows.ts'
import { length, wrap } from './layout.ts'

export interface Page {
  width: number
  paint: Paint
}

/** The page of text among a test runner's output, whose width is not known. */
export const runnerPage: Page = { width: 80, paint: painter(false) }

const labelWidth = 10
const indent = 4

/** The width that text has beside the labels of rows. */
export function roomOf({ width }: Page): number {
  return width - indent - labelWidth
}

export interface Title {
  mark: string
  tone: Tone
  title: string
  /** Stands at the right edge of the first line. */
  label: string
}

export function titled({ width, paint }: Page, { mark, tone, title, label }: Title): string[] {
  const room = width - 2 - label.length - 2
  const [first = '', ...more] = wrap(escapeControls(title), room)
  const gap = ' '.repeat(width - 2 - length(first) - label.length)
  return [
    `${paint(tone, mark)} ${paint('title', first)}${gap}${paint('label', label)}`,
    ...more.map((line) => `  ${paint('title', line)}`),
  ]
}

export function rowLines(page: Page, rows: readonly Row[]): string[] {
  return rows.flatMap(({ label, lines, isWhole = false }) => {
    const escaped = lines.map(escapeControls)
    const wrapped = isWhole ? escaped : escaped.flatMap((line) => wrap(line, roomOf(page)))
    return wrapped.map((line, index) => {
      const margin = (index === 0 ? label : '').padEnd(labelWidth)
      return `${' '.repeat(indent)}${page.paint('label', margin)}${line}`
    })
  })
}
