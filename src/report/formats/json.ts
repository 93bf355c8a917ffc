import { type Steps, stepSize } from '../../core/time/steps.ts'
import type { Report } from '../schema/report.ts'
import { escapeJson } from '../words/escape.ts'
import type { Format } from './format.ts'

export const format: Format = {
  isDocument: false,
  *rendering([report]) {
    return report === undefined ? '' : (yield* formattingJson(report)).join('')
  },
}

/**
 * The report as one line of JSON: among other lines of stderr, readers see where it ends. The same text as `JSON.stringify` gives, in
 * pieces and made in steps: a few elements of a long list at a time.
 */
export function* formattingJson(report: Report): Steps<string[]> {
  const pieces: string[] = []
  let before = '{'
  for (const [key, value] of Object.entries(report)) {
    if (value === undefined) continue
    pieces.push(`${before}${JSON.stringify(key)}:`)
    before = ','
    if (Array.isArray(value)) yield* listing(value, pieces)
    else pieces.push(escapeJson(JSON.stringify(value)))
  }
  pieces.push('}\n')
  return pieces
}

function* listing(list: readonly unknown[], pieces: string[]): Steps<void> {
  let before = '['
  for (let from = 0; from < list.length; from += stepSize) {
    const some = JSON.stringify(list.slice(from, from + stepSize))
    pieces.push(before, escapeJson(some.slice(1, -1)))
    before = ','
    yield
  }
  pieces.push(list.length === 0 ? '[]' : ']')
}
