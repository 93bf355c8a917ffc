/** What is seen first: how much leaks, what, where and since when. */
import { processOf } from '../model/located-findings.ts'
import type { Finding, Handle, Report } from '../schema/report.ts'
import { type PartsById, subjectOf } from '../words/finding-rows.ts'
import { headline } from '../words/headline.ts'
import { showSite } from '../words/site.ts'
import { treeHeadline } from '../words/tree-text.ts'
import { duration } from '../words/wording.ts'
import type { FindingContext } from './findings.ts'
import { html, type Markup } from './markup.ts'

const findingsShown = 20

export function overview(context: FindingContext): Markup {
  const { report } = context
  const { summary, process, gathered, at } = report
  const { engines, handles } = summary
  const cards: [number | string, string, string][] = [
    [summary.leaks, summary.leaks === 1 ? 'leak' : 'leaks', summary.leaks > 0 ? 'leak' : ''],
    [
      summary.warnings,
      summary.warnings === 1 ? 'warning' : 'warnings',
      summary.warnings > 0 ? 'warning' : '',
    ],
    [engines.running, 'engines running', ''],
    [engines.stopped, `of ${count(engines.started)} stopped`, ''],
    [handles.live, 'handles open', ''],
    [handles.referenced, 'keep the process alive', ''],
    ...(gathered === undefined
      ? ([[duration(process.uptimeMs), 'uptime', '']] as [string, string, string][])
      : ([
          [gathered.reports, 'reports', ''],
          [gathered.processes, 'processes', ''],
          [gathered.builds.length, gathered.builds.length === 1 ? 'build' : 'builds', ''],
        ] as [number, string, string][])),
  ]
  return html`<h2>${report.processes === undefined ? headline(report) : treeHeadline(report)}</h2>
<p class="when">${gathered === undefined ? `${at} on ${process.hostname}, Node ${process.node}, in ${process.cwd}` : gathered.builds.join(', ')}</p>
<ul class="cards">${cards.map(
    ([value, label, tone]) =>
      html`<li class="${tone}"><strong>${typeof value === 'number' ? count(value) : value}</strong> ${label}</li>`,
  )}</ul>
${report.findings.length > 0 && findingTable(context)}`
}

function findingTable(context: FindingContext): Markup {
  const { report, parts } = context
  const isGathered = report.gathered !== undefined
  const hidden = report.findings.length - findingsShown
  return html`<div class="scroll" role="region" aria-label="What leaks" tabindex="0"><table><thead><tr><th scope="col">what</th><th scope="col">kind</th><th scope="col">place</th><th scope="col" class="number">now</th>
${isGathered ? html`<th scope="col" class="number">processes</th><th scope="col">first seen</th><th scope="col">last seen</th>` : html`<th scope="col">since</th><th scope="col">holds the process</th>`}</tr></thead>
<tbody>${report.findings.slice(0, findingsShown).map((finding) => findingRow(finding, context, parts))}</tbody></table></div>
${hidden > 0 && html`<p>and ${count(hidden)} more below</p>`}`
}

function findingRow(finding: Finding, { report, anchorOf }: FindingContext, parts: PartsById): Markup {
  const { seen, severity, kind, holdsProcess } = finding
  const { name, site, engine } = subjectOf(finding, parts)
  const { cwd } = processOf(report, finding)
  const since = engine?.startedAt ?? openedAt(report, parts.handles.get(finding.handles[0] ?? ''))
  const rest =
    seen === undefined
      ? html`<td>${since === null ? '' : time(since)}</td><td>${holdsProcess ? 'yes' : 'no'}</td>`
      : html`<td class="number">${seen.isEstimate && '≈ '}${count(seen.processes)}</td><td>${time(seen.first)}</td><td>${time(seen.last)}</td>`
  return html`<tr class="${severity === 'leak' ? 'leak' : 'warning'}"><td><span class="mark" aria-hidden="true">${severity === 'leak' ? '✖' : '⚠'}</span> <a href="#${anchorOf(finding)}">${name ?? kind}</a></td>
<td>${kind}</td><td class="place">${site === null ? '' : showSite(cwd, false)(site)}</td><td class="number">${seen === undefined ? count(finding.count) : count(seen.now.count)}</td>${rest}</tr>`
}

function openedAt({ at }: Report, handle: Handle | undefined): string | null {
  const since = new Date(Date.parse(at) - (handle?.ageMs ?? Number.NaN))
  return Number.isNaN(since.getTime()) ? null : since.toISOString()
}

/** To the second: `2026-11-29 23:43:55`. */
function time(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, '')
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}
