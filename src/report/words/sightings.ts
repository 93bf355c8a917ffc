/** What is said of reports that were gathered from many: when and where each bug was seen. */
import type { Finding, Gathered, Report, Seen } from '../schema/report.ts'
import type { Row } from './finding-rows.ts'

const namesShown = 6

/** `leakwatch: 3 leaks in 100,000 reports of 4,000 processes on 40 hosts, 5 services, 2026-… to 2026-…`. */
export function gatheredHeadline(found: string, gathered: Gathered): string {
  const { reports, processes, hosts, services, from, to } = gathered
  const where = [
    `${many(reports, 'report')} of ${many(processes, 'process', 'processes')}`,
    ...(hosts > 1 ? [`on ${many(hosts, 'host')}`] : []),
  ].join(' ')
  const names = services.length > 1 ? `, ${many(services.length, 'service')}` : ` of ${services[0] ?? ''}`
  return `leakwatch: ${found} in ${where}${names}, ${from === to ? from : `${from} to ${to}`}`
}

/** Since when, until when, where, and what is left of it. */
export function seenRows({ seen }: Finding): Row[] {
  if (seen === undefined) return []
  return [{ label: 'seen', lines: [seenText(seen), `in ${named(seen.builds)}`, nowText(seen)] }]
}

/** `since 2026-…, last 2026-…, in 812 reports of 41 processes`. */
export function seenText({ first, last, reports, processes, isEstimate }: Seen): string {
  const about = isEstimate ? 'about ' : ''
  const until = first === last ? '' : `, last ${last}`
  return `first ${first}${until}, in ${many(reports, 'report')} of ${about}${many(processes, 'process', 'processes')}`
}

function nowText({ now, isEstimate }: Seen): string {
  if (now.count === 0) return 'now none: no process has it in its last report'
  const about = isEstimate ? 'about ' : ''
  return `now ${about}${number(now.count)} in ${about}${many(now.processes, 'process', 'processes')}, by their last reports`
}

function named(names: readonly string[]): string {
  const hidden = names.length - namesShown
  return hidden > 1
    ? `${names.slice(0, namesShown).join(', ')} and ${hidden} more services or versions`
    : names.join(', ')
}

/** How processes of services are told apart: places of one are relative to its own folder. */
export function serviceGroups(
  report: Report,
): { heading: string | null; cwd: string; findings: Finding[] }[] {
  const groups = new Map<string, { heading: string | null; cwd: string; findings: Finding[] }>()
  const isOne = (report.gathered?.services.length ?? 0) <= 1
  for (const finding of report.findings) {
    const { service, cwd } = finding.seen?.process ?? report.process
    const key = `${service} ${cwd}`
    const group = groups.get(key) ?? { heading: isOne ? null : service, cwd, findings: [] }
    groups.set(key, group)
    group.findings.push(finding)
  }
  return [...groups.values()]
}

function many(count: number, one: string, several = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : several}`
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}
