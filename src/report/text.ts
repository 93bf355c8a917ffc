/** The report for people: what, where, what follows and what to do next. */
import { painter } from './colour.ts'
import { escapeControls } from './escape.ts'
import { findingRows, type PartsById, partsById, type Row, type ShowPlace } from './finding-rows.ts'
import { counted, headline } from './headline.ts'
import { clip, wrap } from './layout.ts'
import { type Page, roomOf, rowLines, titled } from './page.ts'
import { showPlace } from './place.ts'
import type { Finding, Report, Resolved, Shutdown } from './report.ts'
import { tally, timeline } from './timeline.ts'
import { groupsOf, treeFindingRows, treeHeadline, treeRows } from './tree-text.ts'
import { duration } from './wording.ts'

export interface TextOptions {
  /** Columns, at least 40. Default: 80. */
  width?: number
  /** Default: no colours. */
  coloured?: boolean
  /** Places are `path:line:column`, as test runners print them. */
  columns?: boolean
  /** The first line says when and on which host: for those that are read later. */
  dated?: boolean
}

const narrowest = 40
const notCoveredShown = 10

/** Findings, then what the process was doing as a whole, then what leakwatch could not see. */
export function formatText(
  report: Report,
  { width = 80, coloured = false, columns = false, dated = false }: TextOptions = {},
): string {
  const page: Page = { width: Math.max(narrowest, width), paint: painter(coloured) }
  const isMerged = report.processes !== undefined
  const when = dated ? `, ${report.at} on ${report.process.hostname}` : ''
  const head = isMerged ? treeHeadline(report) : headline(report)
  const lines = wrap(escapeControls(head + when), page.width)
  const parts = partsById(report)
  for (const group of groupsOf(report)) {
    const show = showPlace(group.cwd, columns)
    if (group.head !== null) lines.push('', ...headLines(page, group.head))
    for (const finding of group.findings) lines.push('', ...findingLines(page, finding, parts, show))
  }
  for (const resolved of report.resolved ?? []) {
    lines.push('', ...resolvedLines(page, resolved, report.at, showPlace(report.process.cwd, columns)))
  }
  const rows = rowLines(page, [
    ...(isMerged && report.findings.length === 0 ? [] : summaryRows(report, roomOf(page))),
    ...(isMerged ? treeRows(report) : []),
  ])
  // Without findings the first line and these say it all.
  if (!isMerged || report.findings.length > 0) lines.push('')
  lines.push(...rows)
  return `${lines.join('\n')}\n`
}

/** A finding as it stands in a text report. */
export function findingLines(page: Page, finding: Finding, parts: PartsById, show: ShowPlace): string[] {
  const rows = [
    ...findingRows(finding, parts, show, roomOf(page)),
    ...treeFindingRows(finding, parts.processes),
  ]
  return [...titleLines(page, finding), ...rowLines(page, rows)]
}

/** Which process what follows is of. */
function headLines({ width, paint }: Page, head: string): string[] {
  return wrap(escapeControls(head), width - 3).map(
    (line, index) => `${index === 0 ? '──' : '  '} ${paint('title', line)}`,
  )
}

function titleLines(page: Page, { kind, severity, message }: Finding): string[] {
  return titled(page, { mark: severity === 'leak' ? '✖' : '⚠', tone: severity, title: message, label: kind })
}

function resolvedLines(
  page: Page,
  { kind, message, site, foundAt }: Resolved,
  at: string,
  show: ShowPlace,
): string[] {
  const age = duration(Date.parse(at) - Date.parse(foundAt))
  return [
    ...titled(page, { mark: '✔', tone: 'resolved', title: message, label: kind }),
    ...rowLines(page, [
      ...(site === null ? [] : [{ label: 'started', lines: [show(site)] }]),
      { label: 'found', lines: [`${age} ago`] },
    ]),
  ]
}

/** The process as a whole, and what leakwatch could not see. */
export function summaryRows(report: Report, room: number): Row[] {
  const { summary, process, shutdown, self, why = [] } = report
  const { engines, handles } = summary
  const rows: Row[] = [
    {
      label: 'summary',
      lines: [
        `${counted(engines.started, 'engine')} started, ${engines.stopped} stopped, ${engines.running} running` +
          `${engines.failed > 0 ? `, ${engines.failed} failed to start` : ''}; ` +
          `${counted(handles.live, 'handle')} open (${handles.referenced} ${keep(handles.referenced)} the process alive); ` +
          `up ${duration(process.uptimeMs)}${process.exitCode ? `; exit code ${process.exitCode}` : ''}`,
      ],
    },
  ]
  if (shutdown !== null) rows.push(...shutdownRows(shutdown, report, room))
  if (self.faults.length > 0)
    rows.push({ label: 'faults', lines: self.faults.map((fault) => `leakwatch's own: ${fault}`) })
  const hidden = self.notCovered.length - notCoveredShown
  const unseen = hidden > 1 ? self.notCovered.slice(0, notCoveredShown) : self.notCovered
  if (unseen.length > 0)
    rows.push({ label: 'not seen', lines: [...unseen, ...(hidden > 1 ? [`and ${hidden} more`] : [])] })
  // Another tool's table, with columns of its own: clipped, not wrapped.
  const listing = why.filter((line) => line.trim() !== '').map((line) => clip(escapeControls(line), room))
  if (listing.length > 0) rows.push({ label: 'why', lines: listing })
  return rows
}

/** Where nothing was stopped, what is open is what the findings say. */
function shutdownRows(shutdown: Shutdown, report: Report, room: number): Row[] {
  if (shutdown.order.length === 0) return []
  const { openAtEnd } = shutdown
  const ids = new Set([...openAtEnd.engines, ...openAtEnd.handles])
  const open = [...report.engines, ...report.handles].filter(({ id }) => ids.has(id)).map(({ name }) => name)
  const rows = [{ label: 'shutdown', lines: timeline(shutdown, report, room) }]
  return open.length === 0 ? rows : [...rows, { label: 'left open', lines: [tally(open)] }]
}

function keep(count: number): string {
  return count === 1 ? 'keeps' : 'keep'
}
