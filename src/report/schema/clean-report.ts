/** A report that comes from elsewhere passes the same door as one that is made here: no secrets, and no text that nobody reads. */
import { shownCode, shownName, shownPath, shownText } from '../secrets/shown.ts'
import type { Report } from './report.ts'

/** By key; all else is a text. */
const doors: Readonly<Record<string, (text: string) => string>> = {
  code: shownCode,
  cwd: shownPath,
  file: shownPath,
  function: shownName,
  main: shownPath,
  name: shownName,
  service: shownName,
}

/** Changes the report, which is plain data, and gives it back. */
export function cleanReport(report: Report): Report {
  clean(report as unknown as Record<string, unknown>)
  return report
}

/** No report comes near it. What is deeper is no part of one, and may be deeper than the stack. */
const deepest = 100

function clean(parent: Record<string, unknown> | unknown[], listKey = '', depth = 1): void {
  for (const key of Object.keys(parent)) {
    const value = (parent as Record<string, unknown>)[key]
    const name = Array.isArray(parent) ? listKey : key
    if (typeof value === 'string')
      (parent as Record<string, unknown>)[key] = (doors[name] ?? shownText)(value)
    else if (typeof value !== 'object' || value === null) continue
    else if (depth < deepest) clean(value as Record<string, unknown>, name, depth + 1)
    else (parent as Record<string, unknown>)[key] = null
  }
}
