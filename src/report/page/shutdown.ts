/** The shutdown of a report: when each engine was stopped, and how long that took. */
import type { Report, Shutdown, Stop } from '../schema/report.ts'
import { duration } from '../words/wording.ts'
import { html, type Markup } from './markup.ts'
import { count } from './overview.ts'

const stopsShown = 200

export function shutdownSection(shutdown: Shutdown, report: Report): Markup {
  const begin = Date.parse(shutdown.startedAt)
  const ends = shutdown.order.map(({ stoppedAt }) => Date.parse(stoppedAt ?? report.at))
  const end = ends.reduce((latest, each) => Math.max(latest, each), begin + 1)
  const hidden = shutdown.order.length - stopsShown + (shutdown.omitted ?? 0)
  return html`<h3>Shutdown</h3><p>began ${shutdown.startedAt}, took ${duration(end - begin)} so far as the report knows</p>
<ol class="stops">${shutdown.order.slice(0, stopsShown).map((stop) => stopItem(stop, { begin, end }, report))}</ol>
${hidden > 0 && html`<p>and ${count(hidden)} stops more</p>`}`
}

function stopItem(
  { name, stopCalledAt, stoppedAt, tookMs, stoppedBeforeChildren }: Stop,
  { begin, end }: { begin: number; end: number },
  report: Report,
): Markup {
  const from = Date.parse(stopCalledAt)
  const until = Date.parse(stoppedAt ?? report.at)
  const steps = 1000
  const scale = (at: number): number =>
    Math.round(((Math.min(end, Math.max(begin, at)) - begin) / (end - begin)) * steps)
  const note = tookMs === null ? 'not finished' : tookMs < 1 ? '<1 ms' : duration(tookMs)
  const x = scale(from)
  return html`<li class="${stoppedAt === null ? 'pending' : ''}"><span class="name">${name}</span>
<svg viewBox="0 0 ${steps} 10" preserveAspectRatio="none" aria-hidden="true"><rect x="${x}" y="2" width="${Math.max(4, scale(until) - x)}" height="6"/></svg>
<span class="note">+${from <= begin ? '0 ms' : duration(from - begin)}, ${note}${
    stoppedBeforeChildren.length > 0 && ', before what it had started'
  }</span></li>`
}
