/** The report for people: what, where, what follows and what to do next. */
import { painter } from './colour.ts'
import { escapeControls } from './escape.ts'
import { findingRows, type PartsById, partsById, type Row, type ShowPlace } from './finding-rows.ts'
import { counted, headline } from './headline.ts'
import { clip, wrap } from './layout.ts'
import { type Page, roomOf, rowLines, titled } from './page.ts'
import { showPlace } from './place.ts'
import type { Finding, Report } from './report.ts'
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
  const rows = [...findingRows(finding, parts, show, roomOf(page)), ...treeFindingRows(finding)]
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

/** The process as a whole, and what leakwatch could not see. */
export function summaryRows(
  { summary: { engines, handles }, process, shutdown, self, why = [] }: Report,
  room: number,
): Row[] {
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
  if (shutdown !== null && shutdown.order.length > 0)
    rows.push({ label: 'shutdown', lines: [stopOrder(shutdown.order)] })
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

function stopOrder(order: NonNullable<Report['shutdown']>['order']): string {
  const steps = order.map(({ name, stoppedAt }) => (stoppedAt === null ? `${name} (not finished)` : name))
  return `stopped in this order: ${steps.join(', ')}`
}

function keep(count: number): string {
  return count === 1 ? 'keeps' : 'keep'
}
