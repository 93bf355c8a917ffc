/** What is shown of a history: rows of processes, and of engines, in an order. */
import type { History, Series, Track } from './history.ts'

/** What may stand first, in the order in which a key goes through them. */
export const orders = ['growth', 'running', 'age', 'name'] as const
export type Order = (typeof orders)[number]

export interface ProcessRow {
  readonly id: string
  readonly pid: number
  readonly service: string
  readonly node: string
  readonly ageMs: number
  /** `null`: it has not told yet; so are the others. */
  readonly running: number | null
  readonly handles: number | null
  /** `null`, too: no check has looked yet. */
  readonly leaks: number | null
  readonly rss: number | null
  readonly cpu: number | null
  readonly growth: number | null
  readonly series: Series
  readonly silence: string | null
}

/** Engines of one name and place, in all processes of one service. */
export interface EngineRow {
  readonly engine: string
  readonly site: string
  readonly service: string
  readonly pids: readonly number[]
  readonly started: number
  readonly stopped: number
  readonly running: number
  readonly oldestMs: number | null
  readonly growth: number | null
  readonly series: Series
}

export function processRows(history: History, order: Order): ProcessRow[] {
  const rows = history.processes().map(({ process, series, growth }): ProcessRow => {
    const { counts, ...own } = process
    return {
      ...own,
      running: counts === null ? null : (series.at(-1) ?? null),
      handles: counts?.handles ?? null,
      leaks: counts?.leaks?.length ?? null,
      rss: counts?.memory.rss ?? null,
      growth,
      series,
    }
  })
  const keys: Record<Order, (row: ProcessRow) => number | string> = {
    growth: ({ growth }) => -shownGrowth(growth),
    running: ({ running }) => -(running ?? -1),
    age: ({ ageMs }) => -ageMs,
    name: ({ service }) => service,
  }
  return sorted(rows, [keys[order], keys.growth, keys.running, keys.name, ({ pid }) => pid])
}

/** `id`: of one process only. Places where nothing runs, and nothing has run lately, are left out. */
export function engineRows(history: History, order: Order, id: string | null): EngineRow[] {
  const tracks = history.engines().filter(({ process }) => id === null || process.id === id)
  const groups = new Map<string, Track[]>()
  for (const track of tracks) {
    const { process, place } = track
    const key = [process.service, place.engine, place.site].join('\n')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [track])
    else group.push(track)
  }
  const keys: Record<Order, (row: EngineRow) => number | string> = {
    growth: ({ growth }) => -shownGrowth(growth),
    running: ({ running }) => -running,
    age: ({ oldestMs }) => -(oldestMs ?? -1),
    name: ({ engine }) => engine,
  }
  const rows = [...groups.values()].map(merged)
  return sorted(rows, [keys[order], keys.growth, keys.running, keys.name, ({ site }) => site, keys.age])
}

function merged(tracks: readonly Track[]): EngineRow {
  const [{ process, place }] = tracks as [Track]
  const total = (of: (track: Track) => number) => tracks.reduce((sum, track) => sum + of(track), 0)
  const growths = tracks.map(({ growth }) => growth).filter((growth) => growth !== null)
  const ages = tracks.map((track) => track.place.oldestMs).filter((age) => age !== null)
  return {
    engine: place.engine,
    site: place.site,
    service: process.service,
    pids: tracks.map((track) => track.process.pid),
    started: total((track) => track.place.started),
    stopped: total((track) => track.place.stopped),
    running: total((track) => track.place.running),
    oldestMs: ages.length === 0 ? null : Math.max(...ages),
    // Each by itself: a process that comes or goes is no growth.
    growth: growths.length === 0 ? null : growths.reduce((sum, growth) => sum + growth, 0),
    series: sumOf(tracks.map(({ series }) => series)),
  }
}

/** Before a process was seen, as much of it is taken to have run as when it was: that it came is no growth. */
function sumOf(all: readonly Series[]): Series {
  const [first = [], ...others] = all
  if (others.length === 0) return first
  const firsts = all.map((series) => series.find((value) => value !== null) ?? 0)
  return first.map((_, index) => {
    if (all.every((series) => (series[index] ?? null) === null)) return null
    return all.reduce((sum, series, each) => sum + (series[index] ?? firsts[each] ?? 0), 0)
  })
}

/** As it is shown: rows with the same number do not change places from look to look. */
export function shownGrowth(growth: number | null): number {
  if (growth === null) return 0
  return Math.abs(growth) < 10 ? Math.round(growth * 10) / 10 : Math.round(growth)
}

/** By the first key that tells two apart. */
function sorted<Row>(rows: Row[], keys: readonly ((row: Row) => number | string)[]): Row[] {
  return rows.sort((a, b) => {
    for (const key of keys) {
      const [one, other] = [key(a), key(b)]
      if (one !== other) return one < other ? -1 : 1
    }
    return 0
  })
}
