/**
 * Reports as one page that needs no network: to be opened from disk, sent by mail or kept by CI. What is to be read stands in it as
 * text; its script adds the search, the tree of engines and the curves.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Steps } from '../../core/time/steps.ts'
import { pageDocument } from '../page/document.ts'
import { type FindingContext, findingArticle, rowList } from '../page/findings.ts'
import { type Lives, livesOf } from '../page/lives.ts'
import { html, type Markup } from '../page/markup.ts'
import { count, overview } from '../page/overview.ts'
import { shutdownSection } from '../page/shutdown.ts'
import { pageStyle } from '../page/style.ts'
import type { Finding, Report } from '../schema/report.ts'
import { partsById } from '../words/finding-rows.ts'
import { headline } from '../words/headline.ts'
import { treeHeadline, treeRows } from '../words/tree-text.ts'
import type { Format } from './format.ts'
import { summaryRows } from './text.ts'

export const format: Format = {
  isDocument: true,
  *rendering(reports, { workspace }) {
    return yield* formattingHtml(reports, workspace())
  },
}

/** `folder`: sources below it are shown with the lines around a place. */
export function* formattingHtml(reports: readonly Report[], folder: string): Steps<string> {
  const contexts = contextsOf(reports, folder)
  const lives: Lives[] = []
  const sections: Markup[] = []
  for (const [index, context] of contexts.entries()) {
    lives.push(yield* livesOf(context))
    const articles: Markup[] = []
    for (const finding of context.report.findings) {
      articles.push(findingArticle(finding, context))
      yield
    }
    sections.push(section(context, articles, index))
  }
  const data = {
    lives,
    growth: Object.fromEntries(contexts.flatMap(growthOf)),
  }
  const plot = needsPlot(data) ? asset('uplot/dist/uPlot.iife.min.js') : ''
  const style = `${pageStyle}${plot === '' ? '' : asset('uplot/dist/uPlot.min.css')}`
  const script = { data, text: `${plot}\n${pageScript()}` }
  return pageDocument({ title: titleOf(reports), style, body: bodyOf(contexts, sections), script })
}

/** The compiled script stands in `dist` alone, also for tests that run the source. */
function pageScript(): string {
  return readFileSync(join(__dirname, '../../../dist/report/page/client.js'), 'utf8')
}

function asset(name: string): string {
  return readFileSync(createRequire(join(__dirname, 'html.js')).resolve(name), 'utf8')
}

function needsPlot({ lives, growth }: { lives: readonly Lives[]; growth: object }): boolean {
  return Object.keys(growth).length > 0 || lives.some(({ rows }) => rows.length > 1)
}

function titleOf(reports: readonly Report[]): string {
  const [only] = reports
  if (only === undefined || reports.length > 1) return `leakwatch: ${reports.length} reports`
  return only.processes === undefined ? headline(only) : treeHeadline(only)
}

function bodyOf(contexts: readonly FindingContext[], sections: readonly Markup[]): Markup {
  const findings = contexts.flatMap(({ report }) => report.findings)
  return html`<a class="skip" href="#findings">Skip to the findings</a>
<header><h1>leakwatch</h1>
${findings.length > 0 && toolbar(findings)}
</header>
<main>
${contexts.length === 0 && html`<p id="findings">There are no reports: nothing leaked.</p>`}
${sections}
</main>`
}

function toolbar(findings: readonly Finding[]): Markup {
  const kinds = [...new Set(findings.map(({ kind }) => kind))].sort()
  return html`<form class="tools" role="search" aria-label="Findings and engines" hidden>
<label class="search">Search <input type="search" name="text" placeholder="name, place, text" autocomplete="off" aria-keyshortcuts="/"></label>
<label>Severity <select name="severity"><option value="">all</option><option value="leak">leaks</option><option value="warning">warnings</option></select></label>
<label>Kind <select name="kind"><option value="">all</option>${kinds.map((kind) => html`<option>${kind}</option>`)}</select></label>
<output name="shown" aria-live="polite">${count(findings.length)} findings</output>
<p class="keys"><kbd>/</kbd> search <kbd>j</kbd> <kbd>k</kbd> next, previous finding <kbd>Esc</kbd> clear</p>
</form>`
}

function section(context: FindingContext, articles: readonly Markup[], index: number): Markup {
  const { report } = context
  const { findings, engines, shutdown, processes } = report
  const rows = [
    ...summaryRows({ ...report, shutdown: null }, Number.POSITIVE_INFINITY),
    ...(processes === undefined ? [] : treeRows(report)),
  ]
  return html`<section class="report">
${overview(context)}
${findings.length > 0 && html`<h3 ${{ html: index === 0 ? 'id="findings"' : '' }}>Findings</h3><div class="findings">${articles}</div>`}
${findings.length === 0 && index === 0 && html`<p id="findings">No findings.</p>`}
${
  engines.length > 0 &&
  html`<h3>${report.gathered === undefined ? 'Engines and their lives' : 'Engines of the processes that had most of it'}</h3>
<div class="lives-plot" data-report="${index}"></div>
<div class="lives" data-report="${index}"><noscript>The tree of ${count(engines.length)} engines needs JavaScript.</noscript></div>`
}
${shutdown !== null && shutdown.order.length > 0 && shutdownSection(shutdown, report)}
<h3>Process</h3>
${rowList(rows)}
</section>`
}

function contextsOf(reports: readonly Report[], folder: string): FindingContext[] {
  const used = new Map<string, number>()
  return reports.map((report) => {
    const anchors = new Map<Finding, string>()
    for (const finding of report.findings) {
      const id = finding.id.replace(/[^\w-]/g, '_') || '_'
      const before = used.get(id) ?? 0
      used.set(id, before + 1)
      anchors.set(finding, before === 0 ? id : `${id}.${before + 1}`)
    }
    return { report, parts: partsById(report), folder, anchorOf: (finding) => anchors.get(finding) ?? '' }
  })
}

/** By anchor: seconds, and the highest count in one process. */
function growthOf({ report, anchorOf }: FindingContext): [string, [number[], number[]]][] {
  return report.findings.flatMap((finding) => {
    const most = finding.seen?.most ?? []
    if (most.length < 2) return []
    const xs = most.map(({ at }) => Date.parse(at) / 1000)
    return [[anchorOf(finding), [xs, most.map(({ count }) => count)]] as [string, [number[], number[]]]]
  })
}
