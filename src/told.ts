/** What checks have told of, until it is over: each finding is told once when it appears, and once when it has gone. */
import type { StartPlace } from './core/engine-record.ts'
import { grown } from './judge/growing.ts'
import type { Fault } from './judge/judge.ts'
import type { Stays } from './judge/staying.ts'
import type { Verdict } from './judge/verdict.ts'
import { blamed, partsById } from './report/finding-rows.ts'
import type { IdOf } from './report/grouping.ts'
import type { Report, Resolved } from './report/report.ts'
import { resolvedMessage } from './report/wording.ts'

export interface News {
  /** Faults of findings that do not stand yet, and the ids of these. */
  fresh: Fault[]
  ids: Set<string>
  /** Ids of those that do, and are over. */
  over: string[]
}

export class Told {
  /** By id. `null`: it is there, and a rule ignores it. */
  readonly #found = new Map<string, Resolved | null>()
  /** An id is looked up once a place and kind: it takes the program's source maps. */
  readonly #ids = new WeakMap<StartPlace, Partial<Record<Verdict, string>>>()
  /** Where engines ran at the last check. */
  #counted = new Set<StartPlace>()

  /** Learns how many run from each place. Once a check, `sinceMs` after the last. */
  count(stays: Stays, sinceMs: number): void {
    for (const place of this.#counted) if (!stays.has(place)) place.growth = null
    this.#counted = new Set(stays.keys())
    for (const [place, stay] of stays) place.growth = grown(place.growth, stay, sinceMs)
  }

  get isEmpty(): boolean {
    return this.#found.size === 0
  }

  /** What of `faults` is news. `makeIdOf` gives what tells the id of one that was never seen before. */
  news(faults: readonly Fault[], makeIdOf: () => IdOf): News {
    let idOf: IdOf | null = null
    const fresh: Fault[] = []
    const ids = new Set<string>()
    const seen = new Set<string>()
    for (const fault of faults) {
      const id = this.#idOf(fault, () => {
        idOf ??= makeIdOf()
        return idOf(fault)
      })
      seen.add(id)
      if (this.#found.has(id)) continue
      fresh.push(fault)
      ids.add(id)
    }
    return { fresh, ids, over: [...this.#found.keys()].filter((id) => !seen.has(id)) }
  }

  /** `report` is about the news: it is none any more. Gives what is to be told as over. */
  settle(report: Report, { ids, over }: News): Resolved[] {
    const resolved = over.map((id) => this.#found.get(id) ?? null)
    for (const id of over) this.#found.delete(id)
    for (const id of ids) this.#found.set(id, null)
    const parts = partsById(report)
    for (const finding of report.findings) {
      const { id, kind } = finding
      const { name, site } = blamed(finding, parts)
      this.#found.set(id, {
        id,
        kind,
        name: name ?? kind,
        site,
        message: resolvedMessage(kind, name ?? kind),
        foundAt: report.at,
      })
    }
    return resolved.filter((each) => each !== null)
  }

  #idOf({ kind, engine }: Fault, find: () => string): string {
    const place = engine?.place ?? null
    if (place === null) return find()
    let ids = this.#ids.get(place)
    if (ids === undefined) {
      ids = {}
      this.#ids.set(place, ids)
    }
    ids[kind] ??= find()
    return ids[kind]
  }
}
