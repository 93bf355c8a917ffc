/** What merely runs in a live process. A text lists it: it is no fault, and wants no advice. */
import type { Finding, Report } from '../schema/report.ts'
import { type PartsById, type Row, type ShowSite, subjectOf } from './finding-rows.ts'

const live: ReadonlySet<string> = new Set(['signal', 'call', 'check'])
const kinds: ReadonlySet<string> = new Set(['never-stopped', 'orphan', 'renewed'])
const linesShown = 40

/** The report without what merely runs, and that. */
export function apartFromRunning(report: Report): { told: Report; running: readonly Finding[] } {
  const { findings, summary, trigger } = report
  const isRunning = ({ kind, severity }: Finding): boolean => severity === 'warning' && kinds.has(kind)
  const running = live.has(trigger) ? findings.filter(isRunning) : []
  if (running.length === 0) return { told: report, running }
  const told = findings.filter((finding) => !running.includes(finding))
  return {
    told: { ...report, findings: told, summary: { ...summary, warnings: summary.warnings - running.length } },
    running,
  }
}

/** By name, place and number, beside how many of that place were stopped; the most of them first. */
export function runningRows(running: readonly Finding[], parts: PartsById, show: ShowSite): Row[] {
  if (running.length === 0) return []
  const lines = [...running]
    .sort((a, b) => b.count - a.count)
    .map((finding) => {
      const { name, site } = subjectOf(finding, parts)
      const number = finding.count === 1 ? '' : `${finding.count} `
      const { started = 0, stopped = 0 } = finding.siblings ?? {}
      const others = stopped === 0 ? '' : `   ${stopped} of ${started} were stopped`
      return `${number}${name ?? finding.kind}${site === null ? '' : `   ${show(site)}`}${others}`
    })
  const hidden = lines.length - linesShown
  const shown = hidden > 1 ? [...lines.slice(0, linesShown), `and ${hidden} more`] : lines
  return [{ label: 'running', lines: shown }]
}
