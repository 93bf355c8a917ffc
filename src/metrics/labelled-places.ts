/**
 * Which places have a label of their own: those from which most engines run. All others are counted together. A place that has one
 * keeps it until another has clearly more: a series that comes and goes tells nobody anything.
 */
import type { StartPlace } from '../core/records/engine-record.ts'
import { type Steps, stepSize } from '../core/time/steps.ts'
import { shownName } from '../report/secrets/shown.ts'
import type { EnginesByPlace, PlaceCount, Running } from './engines-by-place.ts'
import { siteOfFrame } from './site-label.ts'

/** Four series each. */
export const placesLimit = 80
export const other = 'other'
/** So many times as many run from a place that has no label as from one that has. */
const clearly = 1.25

/** What is counted under one label. */
export interface Counted {
  readonly engine: string
  readonly site: string
  started: number
  stopped: number
  running: number
  oldestAt: number
}

interface Candidate {
  readonly count: PlaceCount
  readonly weight: number
}

type Label = Pick<Counted, 'engine' | 'site'>

export class LabelledPlaces {
  readonly #limit: number
  readonly #labels = new Map<StartPlace, Label>()
  /** What was last told, by label: counters never fall, though a start that has failed is taken back. */
  #told = new Map<string, Counted>()

  constructor(limit: number = placesLimit) {
    this.#limit = limit
  }

  /** All that was counted, in as many rows as have a label, and one for all else. */
  *counting(engines: EnginesByPlace): Steps<Counted[]> {
    const chosen = yield* this.#choosing(engines.places)
    const rows = new Map<string, Counted>()
    const own: Running = { alive: 0, running: 0, oldestAt: 0 }
    for (const count of chosen) {
      const { engine, site } = this.#newLabel(count)
      // Two places may be on one line, and one line of a source may be two of the code.
      const row = rowOf(rows, engine, site)
      row.started += count.started
      row.stopped += count.started - count.alive
      row.running += count.running
      row.oldestAt = Math.min(row.oldestAt, count.oldestAt)
      own.alive += count.alive
      own.running += count.running
      yield
    }
    this.#addOthers(rows, engines, own)
    for (const [label, row] of rows) {
      const told = this.#told.get(label)
      row.started = Math.max(row.started, told?.started ?? 0)
      row.stopped = Math.max(row.stopped, told?.stopped ?? 0)
    }
    this.#told = rows
    return [...rows.values()]
  }

  /** The label of a place; `null`: it has none of its own. */
  labelOf(place: StartPlace | null): Label | null {
    return place === null ? null : (this.#labels.get(place) ?? null)
  }

  *#choosing(counts: readonly PlaceCount[]): Steps<PlaceCount[]> {
    const best: Candidate[] = []
    let looked = 0
    for (const count of counts) {
      looked += 1
      if (looked % stepSize === 0) yield
      const { place, running } = count
      const weight = this.#labels.has(place) ? (running + 1) * clearly : running
      insert(best, { count, weight }, this.#limit)
    }
    const kept = new Set(best.map(({ count }) => count.place))
    for (const place of this.#labels.keys()) if (!kept.has(place)) this.#labels.delete(place)
    return best.map(({ count }) => count)
  }

  #newLabel({ place, key }: PlaceCount): Label {
    const known = this.#labels.get(place)
    if (known !== undefined) return known
    const { file, line, column } = place.frame
    const name = key.slice(0, -` ${file}:${line}:${column}`.length)
    const label = { engine: shownName(name), site: siteOfFrame(place.frame) }
    this.#labels.set(place, label)
    return label
  }

  /** What was started at no place that has a label, or whose stack nobody took. */
  #addOthers(rows: Map<string, Counted>, engines: EnginesByPlace, own: Running): void {
    let started = engines.started
    for (const row of rows.values()) started -= row.started
    const alive = engines.all.alive - own.alive
    if (started <= 0 && alive <= 0 && !this.#told.has(labelText(other, other))) return
    const row = rowOf(rows, other, other)
    row.started = Math.max(started, alive)
    row.stopped = Math.max(0, row.started - alive - engines.lightRunning)
    row.running = engines.all.running - own.running
    for (const { place, oldestAt } of engines.places)
      if (!this.#labels.has(place) && oldestAt < row.oldestAt) row.oldestAt = oldestAt
  }
}

/** Puts it where it belongs among the best so far, the best first. */
function insert(best: Candidate[], candidate: Candidate, limit: number): void {
  const last = best.at(-1)
  if (best.length === limit && last !== undefined && !isBetter(candidate, last)) return
  let at = best.length
  while (at > 0 && isBetter(candidate, best[at - 1] as Candidate)) at -= 1
  best.splice(at, 0, candidate)
  if (best.length > limit) best.pop()
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.weight > b.weight || (a.weight === b.weight && a.count.started > b.count.started)
}

function labelText(engine: string, site: string): string {
  return `${engine} ${site}`
}

function rowOf(rows: Map<string, Counted>, engine: string, site: string): Counted {
  const label = labelText(engine, site)
  let row = rows.get(label)
  if (row === undefined) {
    row = { engine, site, started: 0, stopped: 0, running: 0, oldestAt: Number.POSITIVE_INFINITY }
    rows.set(label, row)
  }
  return row
}
