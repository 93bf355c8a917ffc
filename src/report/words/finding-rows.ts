/** The rows below a finding's title, without colours. `room` is the width of text beside the label. */

import type { Engine, Finding, Frame, Handle, Report, Site, Stack, TreeProcess } from '../schema/report.ts'
import { escapeControls } from './escape.ts'
import { counted } from './headline.ts'
import { heldHandlesText } from './held-handles.ts'
import { clip, length } from './layout.ts'
import { packageIn } from './package-in.ts'
import { duration } from './wording.ts'

export interface Row {
  label: string
  lines: string[]
  /** Its lines are not broken: people search for them. */
  isWhole?: true
}

export type ShowSite = (site: Site) => string

/** Where something happened, and the source line there. */
interface LabelledSite {
  label: string
  site: Site
  code: string | null
  /** Of a dependency. */
  package?: string
}

/** The engines and handles of a report by their ids: there may be thousands, and as many findings. */
export interface PartsById {
  engines: ReadonlyMap<string, Engine>
  handles: ReadonlyMap<string, Handle>
  /** Only a merged report has them. */
  processes: readonly TreeProcess[]
}

export function partsById({ engines, handles, processes = [] }: Report): PartsById {
  return {
    engines: new Map(engines.map((each) => [each.id, each])),
    handles: new Map(handles.map((each) => [each.id, each])),
    processes,
  }
}

/** What a finding is about: an engine, or the first of its handles. */
export function subjectOf(
  { engine, handles }: Finding,
  parts: PartsById,
): { name: string | null; site: Site | null; engine: Engine | null } {
  const found = engine === null ? undefined : parts.engines.get(engine)
  const subject = found ?? parts.handles.get(handles[0] ?? '')
  return { name: subject?.name ?? null, site: subject?.site ?? null, engine: found ?? null }
}

/** The source line of what a finding is about. */
export function codeOf(finding: Finding, parts: PartsById): string | null {
  const { engine } = subjectOf(finding, parts)
  const handle = parts.handles.get(finding.handles[0] ?? '')
  const [first] = engine === null ? handleSites(handle) : engineSites(finding, engine)
  return first?.code ?? null
}

/** The handles of a finding that the report lists. */
export function listedHandles({ handles }: Finding, parts: PartsById): Handle[] {
  return handles.flatMap((id) => parts.handles.get(id) ?? [])
}

export function findingRows(finding: Finding, parts: PartsById, show: ShowSite, room: number): Row[] {
  const engine = finding.engine === null ? undefined : parts.engines.get(finding.engine)
  const handles = listedHandles(finding, parts)
  return [
    ...labelledSiteRows(sitesOf(finding, parts), show, room),
    ...(engine === undefined ? unplacedRows(handles[0]) : []),
    ...testRows(finding, show, room),
    ...textRow(engine === undefined ? 'handle' : 'holds', holdsText(finding, handles)),
    ...lentRows(finding, parts, show, room),
    ...textRow('others', othersText(finding, show)),
    ...textRow('fix', finding.fix),
  ]
}

/** The program's own places come first, also where a dependency has started the engine. */
function sitesOf(finding: Finding, parts: PartsById): LabelledSite[] {
  const engine = finding.engine === null ? undefined : parts.engines.get(finding.engine)
  const handles = listedHandles(finding, parts)
  if (engine === undefined) return orphanSites(handles)
  const sites = [...engineSites(finding, engine), ...leftSites(finding, handles, parts)]
  const [first] = sites
  if (first === undefined || !isOfPackage(first)) return sites
  return [...sites.filter((each) => !isOfPackage(each)), ...sites.filter(isOfPackage)]
}

function isOfPackage({ site }: LabelledSite): boolean {
  return packageIn(site.file) !== ''
}

/** Where a finding is to be looked at: the first place of the program's own, else of a dependency. */
export function placeOf(finding: Finding, parts: PartsById): Site | null {
  const { site } = subjectOf(finding, parts)
  if (site === null || packageIn(site.file) === '') return site
  return sitesOf(finding, parts)[0]?.site ?? site
}

/** Where an engine was started or a handle made, and the source line there. */
export function siteRows(subject: Engine | Handle, show: ShowSite, room: number): Row[] {
  const sites = 'stop' in subject ? engineSites({ kind: 'never-stopped' }, subject) : handleSites(subject)
  return labelledSiteRows(sites, show, room)
}

function textRow(label: string, text: string): Row[] {
  return text === '' ? [] : [{ label, lines: [text] }]
}

function engineSites({ kind }: Pick<Finding, 'kind'>, engine: Engine): LabelledSite[] {
  const verb = engine.lease ? 'taken' : engine.start === 'new' ? 'created' : 'started'
  const started = engine.started === null ? null : labelledSite(verb, engine.started, engine.site)
  const created = labelledSite('created', engine.created, null)
  const sites = started === null ? [] : [started, ...through(engine.started, started)]
  if (created !== null && (started === null || !isSame(started, created))) sites.push(created)
  // A stop from before the last start is shown of what should not have started again.
  if (kind === 'stop-pending' || kind === 'stop-incomplete' || engine.stoppedAt !== null) {
    const stopped = labelledSite(kind === 'stop-pending' ? 'stopping' : 'stopped', engine.stopped, null)
    if (stopped !== null) sites.push(stopped)
    const waiting = kind === 'stop-pending' ? labelledSite('waits in', engine.waiting ?? null, null) : null
    if (waiting !== null) sites.push(waiting)
  }
  return sites
}

function handleSites(handle: Handle | undefined): LabelledSite[] {
  if (handle === undefined) return []
  // Without a stack of its own, a handle shows the place of one like it.
  const labelled = labelledSite(handle.sampled ? 'near' : 'created', handle.created, handle.site)
  return labelled === null ? [] : [labelled, ...through(handle.created, labelled)]
}

/** An id knows no line: what one function has opened on several is one finding, with all of these. */
function orphanSites(handles: readonly Handle[]): LabelledSite[] {
  const [first, ...others] = handles
  const sites = handleSites(first)
  const shown = new Set(sites.slice(0, 1).map(({ site }) => `${site.file}:${site.line}`))
  for (const each of others) {
    const [own] = each.sampled ? [] : handleSites(each)
    if (own === undefined || shown.has(`${own.site.file}:${own.site.line}`)) continue
    if (shown.size === leftShown) break
    shown.add(`${own.site.file}:${own.site.line}`)
    sites.push(own)
  }
  return sites
}

/** Why a handle that belongs to no engine shows no place. */
function unplacedRows(handle: Handle | undefined): Row[] {
  if (handle === undefined || !handle.sampled || handle.site !== null) return []
  return textRow('created', 'not known: the budget for stacks was used up, or stacks are off')
}

const leftShown = 6

/** Of an engine whose stop left something, or has not finished: where each thing that is left was opened. */
function leftSites({ kind, engine }: Finding, handles: readonly Handle[], parts: PartsById): LabelledSite[] {
  if (kind !== 'stop-incomplete' && kind !== 'stop-pending') return []
  const places = new Map<string, LabelledSite>()
  for (const handle of handles) {
    const owner = handle.engine === engine ? undefined : parts.engines.get(handle.engine ?? '')
    const found = owner === undefined ? ownSite(handle) : labelledSite('left', owner.started, owner.site)
    if (found === null) continue
    const key = `${found.site.file}:${found.site.line}:${found.site.column}`
    if (!places.has(key)) places.set(key, found)
  }
  return [...places.values()].slice(0, leftShown)
}

const lentShown = 6

/** By place: how many are out that were taken there, and since when. */
function lentRows({ leases = [] }: Finding, parts: PartsById, show: ShowSite, room: number): Row[] {
  const places = new Map<string, { count: number; oldestMs: number; at: LabelledSite | null }>()
  for (const id of leases) {
    const lease = parts.engines.get(id)
    if (lease === undefined) continue
    const at = labelledSite('out', lease.started ?? lease.created, lease.site)
    const key = at === null ? '' : `${at.site.file}:${at.site.line}:${at.site.column}`
    const known = places.get(key)
    if (known === undefined) places.set(key, { count: 1, oldestMs: lease.ageMs, at })
    else {
      known.count += 1
      known.oldestMs = Math.max(known.oldestMs, lease.ageMs)
    }
  }
  return [...places.values()].slice(0, lentShown).map(({ count, oldestMs, at }) => {
    const since = `${count} for ${count === 1 ? '' : 'up to '}${duration(oldestMs)}`
    const place = at === null ? since : `${since}, taken at ${escapeControls(show(at.site))}`
    if (at === null || at.code === null) return { label: 'out', lines: [place] }
    return { label: 'out', lines: [place, clip(escapeControls(at.code), room)] }
  })
}

/** One without a stack of its own shows the place of its engine, which is there already. */
function ownSite({ sampled, created, site }: Handle): LabelledSite | null {
  return sampled ? null : labelledSite('left', created, site)
}

/** The line of a dependency that made it for the program's own line, with the name of its package. */
function through(stack: Stack | null, { site }: LabelledSite): LabelledSite[] {
  const innermost = stack?.frames.find(({ internal }) => !internal)
  const at = siteOf(innermost)
  if (innermost?.dependency !== true || at === null || packageIn(site.file) !== '') return []
  return [{ label: 'through', site: at, code: null, package: packageIn(at.file) }]
}

function isSame(a: LabelledSite, b: LabelledSite): boolean {
  return a.site.file === b.site.file && a.site.line === b.site.line
}

/** Takes the frame at `site`, else the first of the program's own code, else the first that is not Node's. */
function labelledSite(label: string, stack: Stack | null, site: Site | null): LabelledSite | null {
  const foreign = stack?.frames.filter(({ internal }) => !internal) ?? []
  const frame =
    foreign.find(({ file, line }) => file !== null && file === site?.file && line === site.line) ??
    foreign.find(({ dependency }) => !dependency) ??
    foreign[0]
  const found = site ?? siteOf(frame)
  return found === null ? null : { label, site: found, code: frame?.code ?? null }
}

function siteOf(frame: Frame | undefined): Site | null {
  if (frame === undefined || frame.file === null || frame.line === null) return null
  return { file: frame.file, line: frame.line, column: frame.column ?? 1 }
}

/** Source lines stand beside their places if they fit in `room`, else below them. */
function labelledSiteRows(sites: readonly LabelledSite[], show: ShowSite, room: number): Row[] {
  const places = sites.map(({ site }) => escapeControls(show(site)))
  const beside = (place: string, code: string | null): string => `${place}   ${escapeControls(code ?? '')}`
  const fit = places.filter((place, index) => {
    const { code = null, package: name } = sites[index] ?? {}
    return code !== null && name === undefined && length(beside(place, code)) <= room
  })
  // What is written on one line of any length is no column.
  const widest = room === Number.POSITIVE_INFINITY ? 0 : Math.max(0, ...fit.map(length))
  return sites.map(({ label, code, package: name }, index) => {
    const place = places[index] as string
    if (name !== undefined) return { label, lines: [`${place} (${escapeControls(name)})`] }
    if (code === null) return { label, lines: [place] }
    const padded = beside(place + ' '.repeat(Math.max(0, widest - length(place))), code)
    const line = length(padded) <= room ? padded : beside(place, code)
    return { label, lines: length(line) <= room ? [line] : [place, clip(escapeControls(code), room)] }
  })
}

function holdsText({ engine, holdsProcess, handles: ids }: Finding, handles: readonly Handle[]): string {
  if (handles.length === 0) return ''
  const who = engine === null ? 'which' : 'and'
  const isOne = engine !== null || handles.length === 1
  const keeps = isOne
    ? `${who} ${holdsProcess ? 'keeps' : 'does not keep'}`
    : `${who} ${holdsProcess ? 'keep' : 'do not keep'}`
  // A report lists 10,000 handles at most.
  const hidden = ids.length - handles.length
  const more =
    hidden > 0 ? `, ${counted(hidden, 'handle')} more that ${hidden === 1 ? 'is' : 'are'} not listed` : ''
  return `${heldHandlesText(handles)}${more}, ${keeps} the process alive`
}

function othersText({ siblings, count }: Finding, show: ShowSite): string {
  if (siblings === null || siblings.started <= count) return ''
  const { started, stopped, stoppedAt } = siblings
  if (stopped === 0) return `none of ${started} started here was stopped`
  const places = stoppedAt.length === 0 ? '' : `, at ${stoppedAt.map(show).join(', ')}`
  return `${stopped} of ${started} started here ${stopped === 1 ? 'was' : 'were'} stopped${places}`
}

/** `test/order.test.ts > orders > are sent`. A name that does not fit beside its file has a line of its own. */
function testRows({ test }: Finding, show: ShowSite, room: number): Row[] {
  if (test === null) return []
  const file = show({ file: test.file, line: 1, column: 1 }).replace(/:1(?::1)?$/, '')
  const names = [test.name, test.hook].filter((part) => part !== null)
  const line = escapeControls([file, ...names].join(' > '))
  if (names.length === 0 || length(line) <= room) return textRow('test', line)
  return [{ label: 'test', lines: [`${file} >`, names.join(' > ')], isWhole: true }]
}
