/** What checks have reported, until it is over: each finding is reported once when it appears, and once when it has gone. */
import type { StartPlace } from '../core/records/engine-record.ts'
import type { Fault } from '../judge/judge.ts'
import type { Kind } from '../judge/kinds/list.ts'
import { nextGrowth } from '../judge/siblings/growth.ts'
import type { SiblingsByPlace } from '../judge/siblings/siblings.ts'
import type { IdOf } from '../report/model/grouping.ts'
import type { Report, Resolved } from '../report/schema/report.ts'
import { partsById, subjectOf } from '../report/words/finding-rows.ts'
import { resolvedMessage } from '../report/words/wording.ts'

/** What is different from what was reported. */
export interface Changes {
  /** Faults of findings that were not reported yet, and the ids of these findings. */
  appeared: Fault[]
  appearedIds: Set<string>
  /** Ids of findings that were reported and are over. */
  over: string[]
}

export class ReportedFindings {
  /** By id. `null`: the finding is there, and a rule ignores it. */
  readonly #found = new Map<string, Resolved | null>()
  /** The id of each kind at a place. It is looked up once: that reads the program's source maps. */
  readonly #ids = new WeakMap<StartPlace, Partial<Record<Kind, string>>>()
  /** Where engines ran at the last check. */
  #places = new Set<StartPlace>()

  get isEmpty(): boolean {
    return this.#found.size === 0
  }

  /** Learns how many engines run from each place. Called once a check, `sinceMs` after the last. */
  learn(siblings: SiblingsByPlace, sinceMs: number): void {
    for (const place of this.#places) if (!siblings.has(place)) place.growth = null
    this.#places = new Set(siblings.keys())
    for (const [place, atPlace] of siblings) place.growth = nextGrowth(place.growth, atPlace, sinceMs)
  }

  /** `makeIdOf` gives what tells the id of a fault that was never seen before. */
  compare(faults: readonly Fault[], makeIdOf: () => IdOf): Changes {
    let idOf: IdOf | null = null
    const appeared: Fault[] = []
    const appearedIds = new Set<string>()
    const seen = new Set<string>()
    for (const fault of faults) {
      const id = this.#idOf(fault, () => {
        idOf ??= makeIdOf()
        return idOf(fault)
      })
      seen.add(id)
      if (this.#found.has(id)) continue
      appeared.push(fault)
      appearedIds.add(id)
    }
    return { appeared, appearedIds, over: [...this.#found.keys()].filter((id) => !seen.has(id)) }
  }

  /** `report` tells of what appeared. Gives what it has to tell as over. */
  note(report: Report, { appearedIds, over }: Changes): Resolved[] {
    const resolved = over.map((id) => this.#found.get(id) ?? null)
    for (const id of over) this.#found.delete(id)
    for (const id of appearedIds) this.#found.set(id, null)
    const parts = partsById(report)
    for (const finding of report.findings) {
      const { id, kind } = finding
      const { name, site } = subjectOf(finding, parts)
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
