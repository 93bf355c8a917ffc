/**
 * When and where one bug was seen, in any number of reports, in any order. Its size does not grow with them: up to 1,024 processes are
 * counted one by one, of more a sample by their hashes is kept, and their number is an estimate, within some 5 %.
 */
import type { Process, Seen } from '../schema/report.ts'
import { Series } from './series.ts'

const processesKept = 1024
const namesKept = 1000
/** Hashes are below it. */
export const hashLimit: number = 2 ** 48

interface Sighting {
  at: number
  count: number
}

export class Sightings {
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY
  #reports = 0
  /** Hashes from here on are left out. */
  #limit = hashLimit
  readonly #services = new Set<string>()
  readonly #builds = new Set<string>()
  readonly #series = new Series()
  /** The last in each process. */
  readonly #byProcess = new Map<number, Sighting>()

  addReport(at: number): void {
    this.#reports += 1
    this.#first = Math.min(this.#first, at)
    this.#last = Math.max(this.#last, at)
  }

  /** `count`: how many there are in this process at this time; 0: it is over there. */
  add(at: number, count: number, process: Process, hash: number): void {
    if (this.#services.size < namesKept) this.#services.add(process.service)
    if (this.#builds.size < namesKept) this.#builds.add(buildOf(process))
    this.#series.add(at, count)
    if (hash >= this.#limit) return
    const known = this.#byProcess.get(hash)
    if (known !== undefined && known.at > at) return
    this.#byProcess.set(hash, { at, count })
    if (this.#byProcess.size > processesKept) this.#thinOut()
  }

  #thinOut(): void {
    this.#limit /= 2
    for (const hash of this.#byProcess.keys()) if (hash >= this.#limit) this.#byProcess.delete(hash)
  }

  /** `lastReports`: when each process last told of all that it has. */
  seen(process: Process, lastReports: ReadonlyMap<number, { at: number }>): Seen {
    const scale = hashLimit / this.#limit
    const alive = [...this.#byProcess].filter(
      ([hash, { at, count }]) => count > 0 && at >= (lastReports.get(hash)?.at ?? 0),
    )
    const total = alive.reduce((sum, [, { count }]) => sum + count, 0)
    return {
      first: new Date(this.#first).toISOString(),
      last: new Date(this.#last).toISOString(),
      reports: this.#reports,
      processes: Math.round(this.#byProcess.size * scale),
      now: { processes: Math.round(alive.length * scale), count: Math.round(total * scale) },
      isEstimate: scale > 1,
      services: [...this.#services].sort(),
      builds: [...this.#builds].sort(),
      process,
      most: this.#series.points(),
    }
  }
}

/** `shop 1.4.0`; without a version the service alone. */
export function buildOf({ service, version }: Process): string {
  return version === undefined ? service : `${service} ${version}`
}
