import { basename } from 'node:path'
import type { Process, Report } from '../schema/report.ts'
import { gatheredHeadline } from './sightings.ts'

/** Says what was found, in which process and when: `leakwatch: 2 leaks, 1 warning in app.js (pid 123) at exit`. */
export function headline(report: Report): string {
  const { process, trigger, resolved = [], gathered } = report
  const over = resolved.length > 0 ? `${counted(resolved.length, 'finding')} over` : ''
  const found =
    [countedFindings(report), over].filter((text) => text !== '').join(', ') || 'nothing to report'
  if (gathered !== undefined) return gatheredHeadline(found, gathered)
  // A newer leakwatch may have other triggers.
  const moment = Object.hasOwn(moments, trigger) ? moments[trigger]?.(process) : `(${trigger})`
  return `leakwatch: ${found} in ${processName(process)} ${moment}`
}

/** `2 leaks, 1 warning`; empty: none. */
export function countedFindings({ summary: { leaks, warnings } }: Report): string {
  const counts = [leaks > 0 ? counted(leaks, 'leak') : '', warnings > 0 ? counted(warnings, 'warning') : '']
  return counts.filter((text) => text !== '').join(', ')
}

/** `app.js (pid 123, thread 2)`. */
export function processName({ main, service, pid, threadId, isMainThread }: Process): string {
  const program = main === null ? service : basename(main)
  return `${program} (pid ${pid}${isMainThread ? '' : `, thread ${threadId}`})`
}

const moments: Readonly<Record<string, (process: Process) => string>> = {
  exit: ({ signal }) => (signal === null ? 'at exit' : `at exit by ${signal}`),
  stall: ({ signal }) => (signal === null ? 'still alive' : `still alive after ${signal}`),
  assert: () => 'at assertNoLeaks',
  signal: ({ signal }) => (signal === null ? 'on demand' : `on ${signal}`),
  call: () => 'on request',
  check: () => 'at a check',
}

/** `1 leak`, `2 leaks`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
