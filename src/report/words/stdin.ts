/** Standard input is no finding, but a process that reads it does not end by itself. */
import type { Report } from '../schema/report.ts'
import type { Row, ShowSite } from './finding-rows.ts'

/** At the exit it holds nothing any more. In a live report it needs no advice. */
export function stdinRows({ handles, trigger }: Report, show: ShowSite): Row[] {
  const stdin = handles.find(({ name, ref }) => name === 'process.stdin' && ref)
  if (stdin === undefined || trigger === 'exit') return []
  const place = stdin.site === null ? [] : [show(stdin.site)]
  const advice = trigger === 'stall' ? ': call `process.stdin.pause()`' : ''
  return [
    { label: 'stdin', lines: [...place, `process.stdin is read, and keeps the process alive${advice}`] },
  ]
}
