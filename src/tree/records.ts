/** What a watched process tells `leakwatch run`: that it began, what holds it when asked, and how it ended. */
import type { KnownLeak } from '../baseline.ts'
import type { Process, Report } from '../report/report.ts'

/** At its installation: what a report would say of the process, should none come. */
export interface StartRecord {
  event: 'start'
  process: Pick<Process, 'pid' | 'ppid' | 'threadId' | 'isMainThread' | 'node' | 'main' | 'cwd' | 'startedAt'>
  /** The name of Node, its own flags, then the program with its arguments. */
  argv: string[]
  /** How many of `argv` are flags. */
  flags: number
  /** What it answers with a report; `null`: none. */
  signal: string | null
  /** What is wrong with its settings, a line each. */
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
  /** `null`: nothing to report. */
  report: Report | null
}

/** Leaks that a test suite has judged, which are in no report of the process. */
export interface TestedRecord {
  event: 'tested'
  pid: number
  threadId: number
  leaks: readonly KnownLeak[]
}

export type TreeRecord = StartRecord | ReportRecord | EndRecord | TestedRecord

/** Its own line whatever stands before it: half a record, of a process that was killed while it wrote, spoils no other. */
export function recordText(record: TreeRecord): string {
  return `\n${JSON.stringify(record)}\n`
}

/** The records of `text`, which begins and ends at a line's end, and how many of its lines are none. */
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
