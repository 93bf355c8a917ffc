/** The difference of two inventories as a page, which needs no script: what grew, with its places, then the rest. */
import { type Difference, type Growth, isGrowth } from '../model/growth.ts'
import { pageDocument } from '../page/document.ts'
import { rowList } from '../page/findings.ts'
import { html, type Markup } from '../page/markup.ts'
import { count } from '../page/overview.ts'
import { pageStyle } from '../page/style.ts'
import { siteRows } from '../words/finding-rows.ts'
import { showSite } from '../words/site.ts'
import { differenceHeadline, differenceRows, rateText } from './growth-text.ts'

const growthsShown = 1000

export function formatDifferenceHtml(difference: Difference): string {
  const { growths } = difference
  const grown = growths.filter(isGrowth)
  const rest = growths.filter((each) => !isGrowth(each) && each.change !== 'same')
  const title = `leakwatch: ${differenceHeadline(difference)}`
  return pageDocument({
    title,
    style: pageStyle,
    script: null,
    body: html`<header><h1>leakwatch</h1></header>
<main>
<h2>${title}</h2>
${rowList(differenceRows(difference))}
${grown.length > 0 && html`<h3>What grew</h3>${grown.slice(0, growthsShown).map((growth) => article(growth, difference))}`}
${grown.length > growthsShown && html`<p>and ${count(grown.length - growthsShown)} more</p>`}
${rest.length > 0 && html`<h3>What there is less of</h3>${table(rest.slice(0, growthsShown))}`}
</main>`,
  })
}

function article(growth: Growth, { shared }: Difference): Markup {
  const { item, change, before, after } = growth
  const { name, kinds, subject, process, ids } = item
  const rate = rateText(growth, shared)
  const rows = [
    ...(subject === null ? [] : siteRows(subject, showSite(process.cwd, false), Number.POSITIVE_INFINITY)),
    { label: 'running', lines: [`${count(before.count)} before, ${count(after.count)} now`] },
    { label: 'handles', lines: [`${count(before.handles)} before, ${count(after.handles)} now`] },
    ...(rate === '' ? [] : [{ label: 'rate', lines: [rate] }]),
  ]
  return html`<article class="${change === 'fuller' ? 'warning' : 'leak'}"><h4>${name}</h4>
<p class="tags"><span class="tag">${change}</span> ${[...kinds].map((kind) => html`<span class="tag">${kind}</span> `)}${[...ids].map((id) => html`<code class="id">${id}</code> `)}</p>
${rowList(rows)}</article>`
}

function table(growths: readonly Growth[]): Markup {
  return html`<div class="scroll" role="region" aria-label="What there is less of" tabindex="0"><table><thead><tr><th scope="col">what</th><th scope="col">change</th><th scope="col">place</th><th scope="col" class="number">before</th><th scope="col" class="number">now</th></tr></thead>
<tbody>${growths.map(({ item, change, before, after }) => {
    const site = item.subject?.site ?? null
    return html`<tr><td>${item.name}</td><td>${change}</td><td class="place">${site === null ? '' : showSite(item.process.cwd, false)(site)}</td><td class="number">${count(before.count)}</td><td class="number">${count(after.count)}</td></tr>`
  })}</tbody></table></div>`
}
