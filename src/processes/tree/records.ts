/** What a watched process tells `leakwatch run`: that it began, what keeps it alive when asked, and how it ended. */

import type { Process, Report } from '../../report/schema/report.ts'
import type { KnownLeak } from '../baseline/baseline.ts'

/** Sent when leakwatch is installed: what `run` says of a process from which no report comes. */
export interface StartRecord {
  event: 'start'
  process: Pick<Process, 'pid' | 'ppid' | 'threadId' | 'isMainThread' | 'node' | 'main' | 'cwd' | 'startedAt'>
  /** The name of Node, Node's flags, then the program with its arguments. */
  argv: string[]
  /** How many of `argv` are flags. */
  flags: number
  /** The signal that it answers with a report; `null`: there is none. */
  signal: string | null
  /** One line for each setting that makes no sense. */
  complaints: readonly string[]
}

/** A report of a process that goes on. */
export interface ReportRecord {
  event: 'report'
  pid: number
  threadId: number
  /** `run` has asked for it. */
  isAsked: boolean
  report: Report
}

export interface EndRecord {
  event: 'end'
  pid: number
  threadId: number
  exitCode: number | null
  signal: string | null
  uptimeMs: number
  /** `null`: there is nothing to report. */
  report: Report | null
}

/** Leaks for which a test suite failed. No report of the process has them. */
export interface TestedRecord {
  event: 'tested'
  pid: number
  threadId: number
  leaks: readonly KnownLeak[]
}

export type TreeRecord = StartRecord | ReportRecord | EndRecord | TestedRecord

/** A line of its own: half a record, of a process that was killed while it wrote, does not damage the next one. */
export function recordText(record: TreeRecord): string {
  return `\n${JSON.stringify(record)}\n`
}

/** The records in `text`, which consists of whole lines, and how many lines are no records. */
export function recordsIn(text: string): { records: TreeRecord[]; damaged: number } {
  const records: TreeRecord[] = []
  let damaged = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      const record = JSON.parse(line) as TreeRecord | { event?: undefined }
      if (record.event !== undefined) records.push(record)
    } catch {
      damaged += 1
    }
  }
  return { records, damaged }
}
