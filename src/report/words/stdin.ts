/** Standard input and the channel to a parent are no findings, but a process that listens to them does not end by itself. */
import type { Report } from '../schema/report.ts'
import type { Row, ShowSite } from './finding-rows.ts'

/** In a shutdown that hangs for nothing else: it is what a child lives for. */
export function parentRows({ process: { listensToParent = false }, trigger, findings }: Report): Row[] {
  if (!listensToParent || trigger !== 'stall' || findings.some((each) => each.holdsProcess)) return []
  const line = "`process.on('message')` keeps the process alive: call `process.disconnect()`"
  return [{ label: 'parent', lines: [line] }]
}

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
