/** The report for people: what, where, what follows and what to do next. */
import { type Paint, painter } from './colour.ts'
import { escapeControls } from './escape.ts'
import { findingRows, type PartsById, partsById, type Row, type ShowPlace } from './finding-rows.ts'
import { counted, headline } from './headline.ts'
import { clip, length, wrap } from './layout.ts'
import { showPlace } from './place.ts'
import type { Finding, Report, Resolved, Shutdown } from './report.ts'
import { tally, timeline } from './timeline.ts'
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
const labelWidth = 10
const indent = 4
const notCoveredShown = 10

/** Findings, then what the process was doing as a whole, then what leakwatch could not see. */
export function formatText(
  report: Report,
  { width = 80, coloured = false, columns = false, dated = false }: TextOptions = {},
): string {
  const page: Page = { width: Math.max(narrowest, width), paint: painter(coloured) }
  const show = showPlace(report.process.cwd, columns)
  const when = dated ? `, ${report.at} on ${report.process.hostname}` : ''
  const lines = [...wrap(escapeControls(headline(report) + when), page.width), '']
  const parts = partsById(report)
  for (const finding of report.findings) lines.push(...findingLines(page, finding, parts, show), '')
  for (const resolved of report.resolved ?? [])
    lines.push(...resolvedLines(page, resolved, report.at, show), '')
  lines.push(...rowLines(page, summaryRows(report, roomOf(page))))
  return `${lines.join('\n')}\n`
}

interface Page {
  width: number
  paint: Paint
}

function findingLines(page: Page, finding: Finding, parts: PartsById, show: ShowPlace): string[] {
  return [...titleLines(page, finding), ...rowLines(page, findingRows(finding, parts, show, roomOf(page)))]
}

function titleLines(page: Page, { kind, severity, message }: Finding): string[] {
  return markedLines(page, page.paint(severity, severity === 'leak' ? '✖' : '⚠'), message, kind)
}

function resolvedLines(
  page: Page,
  { kind, message, site, foundAt }: Resolved,
  at: string,
  show: ShowPlace,
): string[] {
  const age = duration(Date.parse(at) - Date.parse(foundAt))
  return [
    ...markedLines(page, page.paint('resolved', '✔'), message, kind),
    ...rowLines(page, [
      ...(site === null ? [] : [{ label: 'started', lines: [show(site)] }]),
      { label: 'found', lines: [`${age} ago`] },
    ]),
  ]
}

/** The kind stands at the right edge of the first line. */
function markedLines({ width, paint }: Page, mark: string, message: string, kind: string): string[] {
  const room = width - 2 - kind.length - 2
  const [first = '', ...more] = wrap(escapeControls(message), room)
  const gap = ' '.repeat(width - 2 - length(first) - kind.length)
  return [
    `${mark} ${paint('title', first)}${gap}${paint('label', kind)}`,
    ...more.map((line) => `  ${paint('title', line)}`),
  ]
}

function roomOf({ width }: Page): number {
  return width - indent - labelWidth
}

function rowLines(page: Page, rows: readonly Row[]): string[] {
  return rows.flatMap(({ label, lines }) => {
    const wrapped = lines.flatMap((line) => wrap(escapeControls(line), roomOf(page)))
    return wrapped.map((line, index) => {
      const margin = (index === 0 ? label : '').padEnd(labelWidth)
      return `${' '.repeat(indent)}${page.paint('label', margin)}${line}`
    })
  })
}

function summaryRows(report: Report, room: number): Row[] {
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
