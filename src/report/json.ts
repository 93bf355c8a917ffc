import { atOnce, type Steps, stepSize } from '../core/steps.ts'
import { escapeJson } from './escape.ts'
import type { Report } from './report.ts'

/** The report as one line of JSON, so that readers of a mixed stderr can tell where it ends. */
export function formatJson(report: Report): string {
  return atOnce(formattingJson(report)).join('')
}

/** The same in pieces, made in steps: what `JSON.stringify` gives, a few elements of its long lists at a time. */
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
