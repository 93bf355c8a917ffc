/** Several lines of source around a place, as they are on this disk now. */
import type { Frame } from '../schema/report.ts'
import { shownCode } from '../secrets/shown.ts'
import { excerptOf } from '../sources/excerpt.ts'
import { lineOf } from '../sources/source-text.ts'

export interface SourceLine {
  number: number
  code: string
}

const around = 3
const source = /\.[cm]?[jt]sx?$/

/**
 * Empty where the file is not here, or has changed: the line has to be the one of the report. Only sources below `folder`: a report
 * that comes from elsewhere must not have other files shown.
 */
export function linesAround({ file, line, column, code }: Frame, folder: string): SourceLine[] {
  if (file === null || line === null || code === null || !source.test(file)) return []
  if (!file.startsWith(`${folder}/`) || file.includes('/node_modules/') || file.includes('/../')) return []
  const own = lineOf(file, line)
  if (own === null || excerptOf(own, column ?? 1) !== code) return []
  const from = Math.max(1, line - around)
  const lines: string[] = []
  for (let number = from; number <= line + around; number += 1) {
    const text = lineOf(file, number)
    if (text === null && number > line) break
    lines.push(text ?? '')
  }
  // A secret may be longer than a line.
  const shown = shownCode(lines.join('\n')).split('\n')
  if (shown.length !== lines.length) return []
  return shown.map((text, index) => ({ number: from + index, code: text }))
}
