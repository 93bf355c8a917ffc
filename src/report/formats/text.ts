/** The report for people: what happened, where, what follows, and what to do next. */

import type { Finding, Report, Resolved, Shutdown } from '../schema/report.ts'
import { painter } from '../words/colour.ts'
import { escapeControls } from '../words/escape.ts'
import {
  findingRows,
  type PartsById,
  partsById,
  type Row,
  type ShowSite,
  subjectOf,
} from '../words/finding-rows.ts'
import { counted, headline } from '../words/headline.ts'
import { clip, wrap } from '../words/layout.ts'
import { type Page, roomOf, rowLines, titled } from '../words/page.ts'
import { apartFromRunning, runningRows } from '../words/running.ts'
import { seenRows } from '../words/sightings.ts'
import { showSite } from '../words/site.ts'
import { parentRows, stdinRows } from '../words/stdin.ts'
import { countedNames, timeline } from '../words/timeline.ts'
import { groupsOf, treeFindingRows, treeHeadline, treeRows } from '../words/tree-text.ts'
import { duration } from '../words/wording.ts'
import type { Format } from './format.ts'

export const format: Format = {
  isDocument: false,
  separator: '\n',
  // biome-ignore lint/correctness/useYield: it is made at once
  *rendering([report], { width, isColoured, isDated, isShown }) {
    const options = { width, coloured: isColoured, dated: isDated, ...(isShown && { isShown }) }
    return report === undefined ? '' : formatText(report, options)
  },
}

export interface TextOptions {
  /** Columns, at least 40. Default: 80. */
  width?: number
  /** Default: no colours. */
  coloured?: boolean
  /** Places are `path:line:column`, as test runners print them. */
  columns?: boolean
  /** The first line says when and on which host it was made, for reports that are read later. */
  dated?: boolean
  /** Findings whose places were shown before. They are named, and no more. */
  isShown?: (finding: Finding) => boolean
}

const narrowest = 40
const notCoveredShown = 10

/** First findings, then the process as a whole, then what leakwatch could not see. */
export function formatText(
  whole: Report,
  { width = 80, coloured = false, columns = false, dated = false, isShown = () => false }: TextOptions = {},
): string {
  const page: Page = { width: Math.max(narrowest, width), paint: painter(coloured) }
  const { told: report, running } = apartFromRunning(whole)
  const isMerged = report.processes !== undefined
  const when = dated && whole.gathered === undefined ? `, ${report.at} on ${report.process.hostname}` : ''
  const head = isMerged ? treeHeadline(report) : headline(report)
  const lines = wrap(escapeControls(head + when), page.width)
  const parts = partsById(report)
  const hasColumns = columns || shareLines(report, parts)
  for (const group of groupsOf(report)) {
    const show = showSite(group.cwd, hasColumns)
    if (group.heading !== null) lines.push('', ...headingLines(page, group.heading))
    for (const finding of group.findings) {
      lines.push(
        '',
        ...(isShown(finding) ? shownLines(page, finding) : findingLines(page, finding, parts, show)),
      )
    }
  }
  for (const resolved of report.resolved ?? []) {
    lines.push('', ...resolvedLines(page, resolved, report.at, showSite(report.process.cwd, columns)))
  }
  const rows = rowLines(page, [
    ...runningRows(running, parts, showSite(report.process.cwd, columns)),
    ...stdinRows(report, showSite(report.process.cwd, columns)),
    ...parentRows(report),
    ...(isMerged && report.findings.length === 0 ? [] : summaryRows(report, roomOf(page))),
    ...(isMerged ? treeRows(report) : []),
  ])
  // Without findings these rows follow the first line directly.
  if (!isMerged || report.findings.length > 0) lines.push('')
  lines.push(...rows)
  return `${lines.join('\n')}\n`
}

/** Whether only columns tell some of its findings apart: two of one line, a bundle in one. */
function shareLines({ findings }: Report, parts: PartsById): boolean {
  const sites = findings.flatMap((finding) => subjectOf(finding, parts).site ?? [])
  const lines = new Set(sites.map(({ file, line }) => `${file}:${line}`))
  return lines.size < new Set(sites.map(({ file, line, column }) => `${file}:${line}:${column}`)).size
}

/** A finding, as in a text report. */
export function findingLines(page: Page, finding: Finding, parts: PartsById, show: ShowSite): string[] {
  const rows = [
    ...findingRows(finding, parts, show, roomOf(page)),
    ...treeFindingRows(finding, parts.processes),
    ...seenRows(finding),
  ]
  return [...titleLines(page, finding), ...rowLines(page, rows)]
}

function shownLines(page: Page, finding: Finding): string[] {
  return [
    ...titleLines(page, finding),
    ...rowLines(page, [{ label: 'shown', lines: ['above, with its places'] }]),
  ]
}

/** The heading for the findings of one process. */
function headingLines({ width, paint }: Page, head: string): string[] {
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
  show: ShowSite,
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
  // The table of another tool has columns: its lines are cut, not wrapped.
  const listing = why.filter((line) => line.trim() !== '').map((line) => clip(escapeControls(line), room))
  if (listing.length > 0) rows.push({ label: 'why', lines: listing })
  return rows
}

/** If nothing was stopped there are no rows: the findings say what is open. */
function shutdownRows(shutdown: Shutdown, report: Report, room: number): Row[] {
  if (shutdown.order.length === 0) return []
  const { openAtEnd } = shutdown
  const ids = new Set([...openAtEnd.engines, ...openAtEnd.handles])
  const open = [...report.engines, ...report.handles].filter(({ id }) => ids.has(id)).map(({ name }) => name)
  const rows = [{ label: 'shutdown', lines: timeline(shutdown, report, room) }]
  return open.length === 0 ? rows : [...rows, { label: 'left open', lines: [countedNames(open)] }]
}

function keep(count: number): string {
  return count === 1 ? 'keeps' : 'keep'
}
