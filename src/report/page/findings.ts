/** The findings of a page: each with its story, its source and its stacks. */
import { processOf } from '../model/located-findings.ts'
import type { Engine, Finding, Frame, Handle, Report, Stack } from '../schema/report.ts'
import { findingRows, type PartsById, type Row, subjectOf } from '../words/finding-rows.ts'
import { processName } from '../words/headline.ts'
import { explanationOf } from '../words/kinds/words.ts'
import { seenRows } from '../words/sightings.ts'
import { showSite } from '../words/site.ts'
import { treeFindingRows } from '../words/tree-text.ts'
import { linesAround } from './lines-around.ts'
import { html, type Markup } from './markup.ts'

const framesShown = 12

export interface FindingContext {
  report: Report
  parts: PartsById
  /** Unique on the page: the same bug may be in several reports. */
  anchorOf(finding: Finding): string
  /** Sources below it may be shown. */
  folder: string
}

export function findingArticle(finding: Finding, context: FindingContext): Markup {
  const { report, parts } = context
  const { kind, severity, message, fix, seen } = finding
  const process = processOf(report, finding)
  const show = showSite(process.cwd, false)
  const rows = [
    ...findingRows(finding, parts, show, Number.POSITIVE_INFINITY),
    ...treeFindingRows(finding, parts.processes),
    ...seenRows(finding),
  ].filter(({ label }) => label !== 'fix')
  const isLeak = severity === 'leak'
  const anchor = context.anchorOf(finding)
  const where = finding.process === undefined ? '' : ` (in ${processName(process)})`
  return html`<article id="${anchor}" class="${isLeak ? 'leak' : 'warning'}" data-kind="${kind}" data-severity="${isLeak ? 'leak' : 'warning'}" tabindex="-1">
<h3><a href="#${anchor}"><span class="mark" aria-hidden="true">${isLeak ? '✖' : '⚠'}</span> ${message}${where}</a></h3>
<p class="tags"><span class="tag ${isLeak ? 'leak' : 'warning'}">${severity}</span> <span class="tag">${kind}</span> <code class="id">${finding.id}</code></p>
<p class="fix"><strong>Fix:</strong> ${fix}</p>
${rowList(rows)}
${seen === undefined || seen.most.length < 2 ? null : html`<div class="growth" data-growth="${anchor}"></div>`}
${sourceAndStacks(finding, context)}
${explanationMarkup(kind)}
</article>
`
}

export function rowList(rows: readonly Row[]): Markup {
  return html`<dl>${rows.map(
    ({ label, lines }) =>
      html`<dt>${label}</dt><dd>${lines.map((line, index) => html`${index > 0 && html`<br>`}${line}`)}</dd>`,
  )}</dl>`
}

function explanationMarkup(kind: string): Markup | null {
  const explanation = explanationOf(kind)
  if (explanation === null) return null
  return html`<details><summary>What ${kind} means</summary><p>${explanation.meaning}</p></details>`
}

function sourceAndStacks(finding: Finding, { parts, folder }: FindingContext): Markup {
  const { engine } = subjectOf(finding, parts)
  const handle = parts.handles.get(finding.handles[0] ?? '')
  const own = ownFrame(engine, handle)
  const lines = own === null ? [] : linesAround(own, folder)
  const stacks = engine === null ? handleStacks(handle) : engineStacks(engine)
  return html`${
    lines.length > 0 &&
    html`<pre class="source"><code>${lines.map(
      ({ number, code }) =>
        html`<span class="${number === own?.line ? 'line own' : 'line'}"><span class="number">${number}</span> ${code}\n</span>`,
    )}</code></pre>`
  }${
    stacks.length > 0 &&
    html`<details class="stacks"><summary>${stacks.length === 1 ? 'Stack' : 'Stacks'}</summary>${stacks.map(
      ({ label, stack }) =>
        html`<h4>${label}</h4><ol class="stack">${stack.frames.slice(0, framesShown).map(frameItem)}${
          stack.frames.length > framesShown &&
          html`<li class="foreign">and ${stack.frames.length - framesShown} more</li>`
        }</ol>`,
    )}</details>`
  }`
}

function ownFrame(engine: Engine | null, handle: Handle | undefined): Frame | null {
  const stack = engine?.started ?? engine?.created ?? handle?.created ?? null
  const site = engine?.site ?? handle?.site ?? null
  const frames = stack?.frames ?? []
  return frames.find(({ file, line }) => file === site?.file && line === site?.line) ?? null
}

interface LabelledStack {
  label: string
  stack: Stack
}

function engineStacks({ created, started, stopped, waiting = null }: Engine): LabelledStack[] {
  return labelled({ created, started, stopped, 'waits in': waiting })
}

function handleStacks(handle: Handle | undefined): LabelledStack[] {
  return labelled({ created: handle?.created ?? null })
}

function labelled(stacks: Readonly<Record<string, Stack | null>>): LabelledStack[] {
  return Object.entries(stacks).flatMap(([label, stack]) =>
    stack === null || stack.frames.length === 0 ? [] : [{ label, stack }],
  )
}

function frameItem({ function: name, file, line, column, code, internal, dependency }: Frame): Markup {
  const place =
    file === null ? '' : `${file}${line === null ? '' : `:${line}`}${column === null ? '' : `:${column}`}`
  return html`<li class="${internal || dependency ? 'foreign' : 'own'}">${name ?? '(anonymous)'} <span class="place">${place}</span>${
    code !== null && html`<br><code>${code}</code>`
  }</li>`
}
