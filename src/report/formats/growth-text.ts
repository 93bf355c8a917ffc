/** The difference of two inventories for people: first what grew, with its place; then the rest in short. */

import { type Difference, type Growth, isGrowth } from '../model/growth.ts'
import type { Inventory } from '../model/inventory.ts'
import { painter } from '../words/colour.ts'
import { escapeControls } from '../words/escape.ts'
import { type Row, siteRows } from '../words/finding-rows.ts'
import { counted, processName } from '../words/headline.ts'
import { wrap } from '../words/layout.ts'
import { type Page, roomOf, rowLines, titled } from '../words/page.ts'
import { showSite } from '../words/site.ts'
import { duration } from '../words/wording.ts'

const restShown = 10

export function formatDifference(
  difference: Difference,
  { width, coloured }: { width: number; coloured: boolean },
): string {
  const page: Page = { width: Math.max(40, width), paint: painter(coloured) }
  const grown = difference.growths.filter(isGrowth)
  const lines = [
    ...wrap(escapeControls(`leakwatch: ${differenceHeadline(difference)}`), page.width),
    '',
    ...grown.flatMap((growth) => [...growthLines(page, growth, difference), '']),
    ...rowLines(page, summaryRows(difference)),
  ]
  return `${lines.join('\n')}\n`
}

/** `2 grew, 1 new, in 10 min`. */
export function differenceHeadline({ growths, shared, elapsedMs }: Difference): string {
  const count = (...changes: Growth['change'][]) =>
    growths.filter(({ change }) => changes.includes(change)).length
  const said = [
    phrase(count('grew', 'fuller'), 'grew'),
    phrase(count('new'), 'new'),
    phrase(count('fewer'), 'fewer'),
    phrase(count('gone'), 'gone'),
  ].filter((text) => text !== '')
  const when = shared > 0 && elapsedMs > 0 ? `, in ${duration(elapsedMs)}` : ''
  return `${growths.some(isGrowth) ? '' : 'nothing grew'}${said.length > 0 && !growths.some(isGrowth) ? '; ' : ''}${said.join(', ')}${when}`
}

function phrase(count: number, word: string): string {
  return count === 0 ? '' : `${count} ${word}`
}

function growthLines(page: Page, growth: Growth, { shared }: Difference): string[] {
  const { item, change, before, after } = growth
  const { name, kinds, subject, process } = item
  const isFuller = change === 'fuller'
  const title = isFuller
    ? `${who(after.count, name)} ${after.count === 1 ? 'holds' : 'hold'} ${after.handles} handles, ${before.handles} before`
    : `${after.count - before.count} more ${name}: ${before.count === 0 ? 'none' : before.count} before, ${after.count} now`
  const label = [...kinds].join(', ') || 'running'
  const places = subject === null ? [] : siteRows(subject, showSite(process.cwd, false), roomOf(page))
  return [
    ...titled(page, {
      mark: isFuller ? '△' : '▲',
      tone: isFuller ? 'warning' : 'leak',
      title,
      label,
    }),
    ...rowLines(page, [
      ...places,
      ...row('holds', holdsText(growth)),
      ...row('rate', rateText(growth, shared)),
    ]),
  ]
}

function who(count: number, name: string): string {
  return count === 1 ? name : `${count} ${name}`
}

function row(label: string, text: string): Row[] {
  return text === '' ? [] : [{ label, lines: [text] }]
}

function holdsText({ change, item, before, after }: Growth): string {
  const isEngine = item.subject !== null && 'stop' in item.subject
  if (change === 'fuller' || !isEngine || after.handles === 0) return ''
  const more = after.handles - before.handles
  const compared = before.handles === 0 || more === 0 ? '' : `, ${before.handles} before`
  return `${counted(after.handles, 'handle')}${compared}`
}

/** Empty: no time has passed. */
export function rateText({ perHour, change }: Growth, shared: number): string {
  if (perHour === null) return ''
  if (shared > 0) return rate(perHour.after, change === 'fuller' ? ' more handles' : ' more')
  return `${rate(perHour.before ?? 0)} of uptime before, ${rate(perHour.after)} now`
}

/** `5 more a minute`, `1.5 an hour`, `2 a day`: in the smallest unit in which it is at least one. */
function rate(perHour: number, of = ''): string {
  if (perHour >= 60) return `${rounded(perHour / 60)}${of} a minute`
  if (perHour >= 1 || perHour === 0) return `${rounded(perHour)}${of} an hour`
  return `${rounded(perHour * 24)}${of} a day`
}

function rounded(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toFixed(1)))
}

function summaryRows(difference: Difference): Row[] {
  const { growths } = difference
  const of = (change: Growth['change']) => growths.filter((each) => each.change === change)
  return [...restRow('fewer', of('fewer')), ...restRow('gone', of('gone')), ...differenceRows(difference)]
}

/** What was compared. */
export function differenceRows({ before, after, shared, elapsedMs, growths }: Difference): Row[] {
  const same = growths.filter(({ change }) => change === 'same').length
  return [
    ...row('same', same === 0 ? '' : `${counted(same, 'other place')}`),
    ...row('before', inventoryText(before)),
    ...row('after', shared === 0 ? inventoryText(after) : sameText(before, after, shared, elapsedMs)),
  ]
}

function restRow(label: string, growths: readonly Growth[]): Row[] {
  const lines = growths.slice(0, restShown).map(({ item, before, after }) => {
    const site = item.subject?.site ?? null
    const place = site === null ? '' : `, ${showSite(item.process.cwd, false)(site)}`
    return `${item.name}${place}: ${before.count} before${after.count === 0 ? '' : `, ${after.count} now`}`
  })
  if (growths.length > restShown) lines.push(`and ${growths.length - restShown} more`)
  return lines.length === 0 ? [] : [{ label, lines }]
}

function inventoryText({ processes, from, to, uptimeMs }: Inventory): string {
  const [first] = processes.values()
  if (first === undefined) return 'no report'
  if (processes.size === 1) {
    return `${processName(first)} on ${first.hostname}, ${to}, up ${duration(uptimeMs)}`
  }
  const hosts = new Set([...processes.values()].map(({ hostname }) => hostname))
  const where = hosts.size === 1 ? `on ${[...hosts][0]}` : `on ${hosts.size} hosts`
  return `${processes.size} processes ${where}, ${from === to ? to : `${from} to ${to}`}`
}

function sameText(before: Inventory, after: Inventory, shared: number, elapsedMs: number): string {
  const later = elapsedMs === 0 ? 'at the same time' : `${duration(elapsedMs)} later`
  if (shared === after.processes.size && shared === before.processes.size) {
    return `the same ${shared === 1 ? 'process' : `${shared} processes`}, ${later}`
  }
  return `${counted(after.processes.size, 'process').replace(/ss(s)$/, 'sses')}, ${shared} of them the same, ${later}`
}
