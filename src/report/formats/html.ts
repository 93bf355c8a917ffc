/** Reports as one page without scripts and without anything from the network, to send by mail or to keep in CI. */

import { processOf } from '../model/located-findings.ts'
import type { Engine, Finding, Report } from '../schema/report.ts'
import { escapeControls } from '../words/escape.ts'
import { findingRows, type PartsById, partsById, type Row } from '../words/finding-rows.ts'
import { headline, processName } from '../words/headline.ts'
import { explanationOf } from '../words/kinds/words.ts'
import { showSite } from '../words/site.ts'
import { duration } from '../words/wording.ts'
import type { Format } from './format.ts'
import { pageStyle } from './html-style.ts'
import { summaryRows } from './text.ts'

export const format: Format = {
  isDocument: true,
  // biome-ignore lint/correctness/useYield: it is made at once
  *rendering(reports) {
    return formatHtml(reports)
  },
}

export function formatHtml(reports: readonly Report[]): string {
  const title = reports.length === 1 ? headline(reports[0] as Report) : `leakwatch: ${reports.length} reports`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
${reports.map(section).join('\n')}
</body>
</html>
`
}

function section(report: Report): string {
  const parts = partsById(report)
  const { at, process, findings, engines } = report
  return `<section>
<h1>${escaped(headline(report))}</h1>
<p>${escaped(`${at} on ${process.hostname}, Node ${process.node}, in ${process.cwd}`)}</p>
${findings.map((finding) => article(report, finding, parts)).join('\n')}
${list(summaryRows(report, Number.POSITIVE_INFINITY))}
${engines.length === 0 ? '' : engineTable(report, engines)}
</section>`
}

function article(report: Report, finding: Finding, parts: PartsById): string {
  const { kind, severity, message } = finding
  const rows = findingRows(finding, parts, showSite(report.process.cwd, false), Number.POSITIVE_INFINITY)
  const seen = finding.process === undefined ? '' : ` (in ${processName(processOf(report, finding))})`
  const explanation = explanationOf(kind)
  return `<article class="${severity === 'leak' ? 'leak' : 'warning'}">
<h2>${escaped(`${severity === 'leak' ? '✖' : '⚠'} ${message}${seen}`)} <small>${escaped(kind)}</small></h2>
${list(rows)}
${explanation === null ? '' : `<details><summary>What this means</summary><p>${escaped(explanation.meaning)}</p></details>`}
</article>`
}

function list(rows: readonly Row[]): string {
  const items = rows.map(
    ({ label, lines }) => `<dt>${escaped(label)}</dt><dd>${lines.map(escaped).join('<br>')}</dd>`,
  )
  return `<dl>${items.join('\n')}</dl>`
}

const enginesShown = 1000

function engineTable({ process }: Report, engines: readonly Engine[]): string {
  const show = showSite(process.cwd, false)
  const rows = engines.slice(0, enginesShown).map(({ name, state, site, ageMs }) => {
    const cells = [name, state, site === null ? '' : show(site), duration(ageMs)]
    return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`
  })
  const more = engines.length > rows.length ? `, the first ${rows.length}` : ''
  return `<details><summary>Engines (${engines.length}${more})</summary>
<table><tr><th>engine</th><th>state</th><th>started at</th><th>for</th></tr>
${rows.join('\n')}</table></details>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return escapeControls(text).replace(/[&<>"]/g, (character) => entities[character] as string)
}
