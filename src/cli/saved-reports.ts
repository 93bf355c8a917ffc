/** Reports as `LEAKWATCH_OUT` saves them. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../report/report.ts'
import { Misuse } from './misuse.ts'

/**
 * The report in a file, or all of a folder in the order in which they were made.
 * @throws Misuse where there is none, or a file is no report.
 */
export function savedReports(path: string): Report[] {
  if (!isFolder(path)) return [readReport(path)]
  const files = readdirSync(path).filter((name) => name.endsWith('.json'))
  if (files.length === 0) {
    throw new Misuse('LEAKWATCH_REPORT_NONE', `expected reports (\`*.json\`) in \`${path}\`; got none`)
  }
  return files.map((name) => readReport(join(path, name))).sort((a, b) => a.at.localeCompare(b.at))
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Misuse(
      'LEAKWATCH_REPORT_UNREADABLE',
      `expected a report or a folder of reports at \`${path}\`; got ${code}`,
    )
  }
}

function readReport(file: string): Report {
  const report = parse(file)
  if (typeof report?.schema === 'string' && report.schema.startsWith('leakwatch/1')) return report as Report
  throw new Misuse(
    'LEAKWATCH_REPORT_INVALID',
    `expected \`${file}\` to be a report with schema \`leakwatch/1\`; got ${report?.schema ? `\`${report.schema}\`` : 'something else'}`,
  )
}

function parse(file: string): { schema?: string } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { schema?: string } | null
  } catch (error) {
    const { message } = error as Error
    throw new Misuse('LEAKWATCH_REPORT_UNREADABLE', `expected \`${file}\` to be a report; got ${message}`)
  }
}
