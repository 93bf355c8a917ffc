/** Text in the columns of a terminal: a Chinese character takes two of them, an accent none. */
import { columnsOf } from './terminal.ts'

/** Fills up with spaces: at the end, or at the start. */
export function padded(text: string, width: number, where: 'end' | 'start'): string {
  const blank = ' '.repeat(Math.max(0, width - columnsOf(text)))
  return where === 'end' ? text + blank : blank + text
}

/** Cuts a text that takes too many columns. It then ends with `…`. */
export function clip(text: string, width: number): string {
  if (columnsOf(text) <= width) return text
  return width < 1 ? '' : `${first(characters(text), width - 1)}…`
}

/** The same at its beginning. */
export function clipStart(text: string, width: number): string {
  if (columnsOf(text) <= width) return text
  if (width < 1) return ''
  let shown = ''
  let used = 1
  for (const character of characters(text).reverse()) {
    used += columnsOf(character)
    if (used > width) break
    shown = character + shown
  }
  return `…${shown}`
}

function first(all: readonly string[], width: number): string {
  let shown = ''
  let used = 0
  for (const character of all) {
    used += columnsOf(character)
    if (used > width) break
    shown += character
  }
  return shown
}

/** What readers take for one: letters with their accents, emoji of several parts. */
const segmenter = new Intl.Segmenter()

function characters(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment)
}
