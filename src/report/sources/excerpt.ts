/** The part of a source line that a report shows: whole where it is short, else from shortly before the column that is meant. */
import { shownCode } from '../secrets/shown.ts'

/** Fits beside most places, and below all of them. */
const shortLine = 60
/** As many characters of a long line, of which a narrow terminal shows the first. */
const longestExcerpt = 160
const before = 20

/** `column` counts from 1. Secrets are cut before anything else is: half of one would not be known for one. */
export function excerptOf(line: string, column: number): string {
  const code = shownCode(line.trim())
  if (code.length <= shortLine) return code
  // Secrets before it are cut as well, and it has moved.
  const at = Math.min(code.length, shownCode(line.slice(0, column - 1).trimStart()).length)
  const from = at <= shortLine - before ? 0 : wordStart(code, at - before, at)
  const until = from + longestExcerpt
  return `${from > 0 ? '…' : ''}${code.slice(from, until)}${until < code.length ? '…' : ''}`
}

/** Does not begin in the middle of a word. */
function wordStart(code: string, from: number, at: number): number {
  for (let index = from; index < at; index += 1) {
    if (!/[\w$]/.test(code[index - 1] ?? ' ') && /\S/.test(code[index] ?? ' ')) return index
  }
  return from
}
