/**
 * The engines of a report as data for the page's script: a tree in depth-first order, with what each holds and its life. There may be ten
 * thousand, most of a few names and places: texts stand in a list of their own.
 */
import { type Steps, stepSize } from '../../core/time/steps.ts'
import type { Engine, Report } from '../schema/report.ts'
import { escapeControls } from '../words/escape.ts'
import { heldHandlesText } from '../words/held-handles.ts'
import { showSite } from '../words/site.ts'
import type { FindingContext } from './findings.ts'

/** Depth, name, state, begin and end in milliseconds from `from` (-1: it runs), place, what it holds, and its finding's anchor. */
export type LifeRow = [number, number, number, number, number, number, number, number]

export interface Lives {
  texts: string[]
  rows: LifeRow[]
  /** ISO 8601. The time that the lives are shown in. */
  from: string
  /** Milliseconds from `from`: of the report, and of the beginning of its shutdown (-1: there is none). */
  at: number
  shutdown: number
}

const deepest = 30

export function* livesOf({ report, anchorOf }: FindingContext): Steps<Lives> {
  const texts: string[] = []
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const known = numbers.get(text)
    if (known !== undefined) return known
    numbers.set(text, texts.length)
    texts.push(escapeControls(text))
    return texts.length - 1
  }
  const { engines, shutdown } = report
  const begins = engines.map(({ startedAt }) => Date.parse(startedAt)).filter((each) => !Number.isNaN(each))
  const from = begins.reduce((least, each) => Math.min(least, each), Date.parse(report.at))
  const held = heldByEngine(report)
  const anchors = new Map(report.findings.map((finding) => [finding.engine, anchorOf(finding)]))
  const children = childrenOf(engines)
  const rows: LifeRow[] = []
  const folders = new Map(report.processes?.map((each) => [`${each.pid} ${each.threadId}`, each.cwd]))
  const folderOf = (key: Engine['process']): string =>
    folders.get(`${key?.pid} ${key?.threadId}`) ?? report.process.cwd
  const add = (
    { id, name, state, startedAt, stoppedAt, site, process: own }: Engine,
    depth: number,
  ): void => {
    const isOver = state !== 'running' && state !== 'starting' && stoppedAt !== null
    rows.push([
      depth,
      numberOf(name),
      numberOf(state),
      (Date.parse(startedAt) || from) - from,
      isOver ? Math.max(0, (Date.parse(stoppedAt) || from) - from) : -1,
      numberOf(site === null ? '' : showSite(folderOf(own), false)(site)),
      numberOf(heldHandlesText(held.get(id) ?? [])),
      numberOf(anchors.get(id) ?? ''),
    ])
  }
  const waiting = (children.get(null) ?? []).map((engine) => ({ engine, depth: 0 })).reverse()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { engine, depth } = next
    add(engine, depth)
    if (rows.length % stepSize === 0) yield
    const below = (children.get(engine.id) ?? []).map((child) => ({
      engine: child,
      depth: Math.min(depth + 1, deepest),
    }))
    waiting.push(...below.reverse())
  }
  return {
    texts,
    rows,
    from: new Date(from).toISOString(),
    at: Date.parse(report.at) - from,
    shutdown: shutdown === null ? -1 : Date.parse(shutdown.startedAt) - from,
  }
}

function heldByEngine({ handles }: Report): Map<string, Report['handles']> {
  const held = new Map<string, Report['handles']>()
  for (const handle of handles) {
    if (handle.engine === null) continue
    const known = held.get(handle.engine)
    if (known === undefined) held.set(handle.engine, [handle])
    else known.push(handle)
  }
  return held
}

/** By the parent, oldest first. Whose parent is not listed, or who leads back to itself, is a root. */
function childrenOf(engines: readonly Engine[]): Map<string | null, Engine[]> {
  const byId = new Map(engines.map((engine) => [engine.id, engine]))
  const children = new Map<string | null, Engine[]>()
  for (const engine of [...engines].sort((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    const parent = isRoot(engine, byId) ? null : engine.parent
    const known = children.get(parent)
    if (known === undefined) children.set(parent, [engine])
    else known.push(engine)
  }
  return children
}

const longestLine = 1000

/** A report from elsewhere may have circles, or lines of thousands. */
function isRoot({ parent }: Engine, byId: ReadonlyMap<string, Engine>): boolean {
  let each = parent
  for (let step = 0; step < longestLine; step += 1) {
    const engine = each === null ? undefined : byId.get(each)
    if (engine === undefined) return step === 0
    each = engine.parent
  }
  return true
}
