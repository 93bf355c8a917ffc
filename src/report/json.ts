import { escapeJson } from './escape.ts'
import type { Report } from './report.ts'

/** The report as one line of JSON, so that readers of a mixed stderr can tell where it ends. */
export function formatJson(report: Report): string {
  return `${escapeJson(JSON.stringify(report))}\n`
}
