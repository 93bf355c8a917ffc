/** What processes have told over time: how many engines run, by process, name and place, and how fast they become more. */
import type { PlaceCounts } from '../../report/schema/counts.ts'
import type { Sight } from './fleet.ts'

/** How many looks are kept. */
export const looksKept = 120

/** Of one look each, the oldest first; `null`: the process was not seen then. */
export type Series = readonly (number | null)[]

/** The engines of one name that one process has started at one place. */
export interface Track {
  readonly process: Sight
  readonly place: PlaceCounts
  readonly series: Series
  /** How many more run in a minute; `null`: too early to say. */
  readonly growth: number | null
}

interface ProcessHistory {
  sight: Sight
  /** All engines. */
  readonly all: (number | null)[]
  readonly places: Map<string, { place: PlaceCounts; readonly series: (number | null)[] }>
}

export class History {
  readonly #limit: number
  /** Of each look that is kept, in milliseconds. */
  readonly #times: number[] = []
  readonly #processes = new Map<string, ProcessHistory>()

  constructor(limit: number = looksKept) {
    this.#limit = limit
  }

  /** The time that it covers. */
  get coveredMs(): number {
    return (this.#times.at(-1) ?? 0) - (this.#times[0] ?? 0)
  }

  /** Processes that are not seen any more are forgotten. */
  note(at: number, sights: readonly Sight[]): void {
    push(this.#times, at, this.#limit)
    const ids = new Set(sights.map(({ id }) => id))
    for (const id of this.#processes.keys()) if (!ids.has(id)) this.#processes.delete(id)
    for (const sight of sights) this.#noteProcess(sight)
  }

  processes(): Omit<Track, 'place'>[] {
    return [...this.#processes.values()].map(({ sight, all }) => ({
      process: sight,
      series: all,
      growth: this.#growth(all),
    }))
  }

  engines(): Track[] {
    return [...this.#processes.values()].flatMap(({ sight, places }) =>
      [...places.values()].map(({ place, series }) => ({
        process: sight,
        place,
        series,
        growth: this.#growth(series),
      })),
    )
  }

  #noteProcess(sight: Sight): void {
    let history = this.#processes.get(sight.id)
    if (history === undefined) {
      history = { sight, all: this.#before(null), places: new Map() }
      this.#processes.set(sight.id, history)
    }
    history.sight = sight
    const told = sight.counts?.places ?? []
    const { all, places } = history
    for (const place of told) {
      const key = keyOf(place)
      const known = places.get(key)
      // It was there before, and nothing of this was.
      if (known === undefined)
        places.set(key, { place, series: all.map((each) => (each === null ? null : 0)) })
      else known.place = place
    }
    const now = new Map(told.map((place) => [keyOf(place), place.running]))
    push(all, sight.counts === null ? null : sum([...now.values()]), this.#limit)
    for (const [key, { place, series }] of places) {
      push(series, now.get(key) ?? 0, this.#limit)
      // It has lost its label to another place, or nothing runs there any more.
      if (!now.has(key)) places.set(key, { place: { ...place, running: 0, oldestMs: null }, series })
      if (series.every((count) => count === null || count === 0)) places.delete(key)
    }
  }

  /** The looks before the one that is being noted. */
  #before(value: null): (number | null)[] {
    return new Array(Math.min(this.#times.length, this.#limit) - 1).fill(value)
  }

  #growth(series: Series): number | null {
    return growthPerMinute(this.#times, series)
  }
}

function keyOf({ engine, site }: PlaceCounts): string {
  return `${engine}\n${site}`
}

function push<T>(values: T[], value: T, limit: number): void {
  values.push(value)
  if (values.length > limit) values.shift()
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** So many times its standard error a slope has to be: what only comes and goes does not grow. */
const clearly = 3

/** The slope of the line through all that was counted, by least squares; 0 where it is not clear. `null`: less than two looks. */
export function growthPerMinute(times: readonly number[], series: Series): number | null {
  let count = 0
  let meanTime = 0
  let mean = 0
  for (const [index, value] of series.entries()) {
    if (value === null) continue
    count += 1
    meanTime += times[index] as number
    mean += value
  }
  if (count < 2) return null
  meanTime /= count
  mean /= count
  let both = 0
  let square = 0
  let spread = 0
  for (const [index, value] of series.entries()) {
    if (value === null) continue
    const time = (times[index] as number) - meanTime
    both += time * (value - mean)
    square += time * time
    spread += (value - mean) ** 2
  }
  if (square === 0) return null
  const slope = both / square
  const rest = Math.max(0, spread - slope * both)
  const error = count === 2 ? 0 : Math.sqrt(rest / (count - 2) / square)
  return Math.abs(slope) < clearly * error ? 0 : slope * 60_000
}
