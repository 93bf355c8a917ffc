/** The rows below a finding's title, uncoloured. `room` is the width that text has beside the label. */
import { escapeControls } from './escape.ts'
import { counted } from './headline.ts'
import { holdings } from './holdings.ts'
import { clip, length } from './layout.ts'
import type { Engine, Finding, Frame, Handle, Report, Site, Stack, TreeProcess } from './report.ts'

export interface Row {
  label: string
  lines: string[]
}

export type ShowPlace = (site: Site) => string

/** Where something happened, and the source line there. */
interface Scene {
  label: string
  site: Site
  code: string | null
}

/** The parts of a report by their ids: it may have thousands, and as many findings. */
export interface PartsById {
  engines: ReadonlyMap<string, Engine>
  handles: ReadonlyMap<string, Handle>
  /** Of a merged report. */
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
export function blamed(
  { engine, handles }: Finding,
  parts: PartsById,
): { name: string | null; site: Site | null; engine: Engine | null } {
  const found = engine === null ? undefined : parts.engines.get(engine)
  const subject = found ?? parts.handles.get(handles[0] ?? '')
  return { name: subject?.name ?? null, site: subject?.site ?? null, engine: found ?? null }
}

/** Of the handles of a finding those that the report lists. */
export function listedHandles({ handles }: Finding, parts: PartsById): Handle[] {
  return handles.flatMap((id) => parts.handles.get(id) ?? [])
}

export function findingRows(finding: Finding, parts: PartsById, show: ShowPlace, room: number): Row[] {
  const engine = finding.engine === null ? undefined : parts.engines.get(finding.engine)
  const handles = listedHandles(finding, parts)
  const scenes = engine === undefined ? handleScenes(handles[0]) : engineScenes(finding, engine)
  return [
    ...sceneRows(scenes, show, room),
    ...(engine === undefined ? unplacedRows(handles[0]) : []),
    ...textRow('test', testText(finding, show)),
    ...textRow(engine === undefined ? 'handle' : 'holds', holdsText(finding, handles)),
    ...textRow('others', othersText(finding, show)),
    ...textRow('fix', finding.fix),
  ]
}

/** Where an engine was started or a handle made, and the source line there. */
export function placeRows(subject: Engine | Handle, show: ShowPlace, room: number): Row[] {
  const scenes = 'stop' in subject ? engineScenes({ kind: 'never-stopped' }, subject) : handleScenes(subject)
  return sceneRows(scenes, show, room)
}

function textRow(label: string, text: string): Row[] {
  return text === '' ? [] : [{ label, lines: [text] }]
}

function engineScenes({ kind }: Pick<Finding, 'kind'>, engine: Engine): Scene[] {
  const verb = engine.start === 'new' ? 'created' : 'started'
  const started = engine.started === null ? null : sceneOf(verb, engine.started, engine.site)
  const created = sceneOf('created', engine.created, null)
  const scenes = started === null ? [] : [started]
  if (created !== null && (started === null || !isSame(started, created))) scenes.push(created)
  // A stop of before it was started again tells nothing.
  if (kind === 'stop-pending' || engine.stoppedAt !== null) {
    const stopped = sceneOf(kind === 'stop-pending' ? 'stopping' : 'stopped', engine.stopped, null)
    if (stopped !== null) scenes.push(stopped)
  }
  return scenes
}

function handleScenes(handle: Handle | undefined): Scene[] {
  if (handle === undefined) return []
  // Without a stack of its own it shows its nearest kin's place.
  const scene = sceneOf(handle.sampled ? 'near' : 'created', handle.created, handle.site)
  return scene === null ? [] : [scene]
}

/** Why a handle that belongs to no engine shows no place. */
function unplacedRows(handle: Handle | undefined): Row[] {
  if (handle === undefined || !handle.sampled || handle.site !== null) return []
  return textRow('created', 'not known: beyond the budget for stacks, or those are off')
}

function isSame(a: Scene, b: Scene): boolean {
  return a.site.file === b.site.file && a.site.line === b.site.line
}

/** The frame at `site`, else the first of the program's own code, else the first that is not Node's. */
function sceneOf(label: string, stack: Stack | null, site: Site | null): Scene | null {
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

/** Source lines stand below each other where they fit in `room`, else each below its place. */
function sceneRows(scenes: readonly Scene[], show: ShowPlace, room: number): Row[] {
  const places = scenes.map(({ site }) => escapeControls(show(site)))
  const widest = Math.max(...places.map(length))
  return scenes.map(({ label, code }, index) => {
    const place = places[index] as string
    if (code === null) return { label, lines: [place] }
    const line = `${place}${' '.repeat(widest - length(place))}   ${escapeControls(code)}`
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
  return `${holdings(handles)}${more}, ${keeps} the process alive`
}

function othersText({ siblings, count }: Finding, show: ShowPlace): string {
  if (siblings === null || siblings.started <= count) return ''
  const { started, stopped, stoppedAt } = siblings
  if (stopped === 0) return `none of ${started} started here was stopped`
  const places = stoppedAt.length === 0 ? '' : `, at ${stoppedAt.map(show).join(', ')}`
  return `${stopped} of ${started} started here ${stopped === 1 ? 'was' : 'were'} stopped${places}`
}

function testText({ test }: Finding, show: ShowPlace): string {
  if (test === null) return ''
  const file = show({ file: test.file, line: 1, column: 1 }).replace(/:1(?::1)?$/, '')
  return [file, test.name, test.hook].filter((part) => part !== null).join(' > ')
}
