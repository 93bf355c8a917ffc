import { basename } from 'node:path'
import type { Process, Report } from './report.ts'

/** What was found, in which process and when: `leakwatch: 2 leaks, 1 warning in app.js (pid 123) at exit`. */
export function headline({ summary: { leaks, warnings }, process, trigger, resolved = [] }: Report): string {
  const counts = [
    leaks > 0 ? counted(leaks, 'leak') : '',
    warnings > 0 ? counted(warnings, 'warning') : '',
    resolved.length > 0 ? `${counted(resolved.length, 'finding')} over` : '',
  ]
  const found = counts.filter((text) => text !== '').join(', ') || 'nothing to report'
  const program = process.main === null ? process.service : basename(process.main)
  const thread = process.isMainThread ? '' : `, thread ${process.threadId}`
  return `leakwatch: ${found} in ${program} (pid ${process.pid}${thread}) ${moments[trigger](process)}`
}

const moments: Readonly<Record<Report['trigger'], (process: Process) => string>> = {
  exit: ({ signal }) => (signal === null ? 'at exit' : `at exit by ${signal}`),
  stall: ({ signal }) => `still alive after ${signal ?? 'a signal to stop'}`,
  assert: () => 'at assertNoLeaks',
  signal: ({ signal }) => `on ${signal ?? 'a signal'}`,
  call: () => 'on request',
  check: () => 'at a check',
}

/** `1 leak`, `2 leaks`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
