/** A look at all of something: when somebody asks, in slices, once for all who ask within a second, and no more often than it is worth. */
import { now } from '../core/time/clock.ts'
import { inSlices, type Steps } from '../core/time/steps.ts'

/** Who asks each second does not always come a whole second later. */
const freshMs = 900
/** What all looks at the same take together, of one core. */
const partOfCore = 1 / 1000

export class Look<T> {
  readonly #looking: () => Steps<T>
  #latest: { readonly found: T } | null = null
  #underWay: Promise<T> | null = null
  #nextAt = 0
  /** Of the last two looks. */
  #recentMs: readonly number[] = [0, 0]
  /** What all of them have taken. */
  spentMs = 0

  constructor(looking: () => Steps<T>) {
    this.#looking = looking
  }

  async found(): Promise<T> {
    if (this.#underWay !== null) return this.#underWay
    if (this.#latest !== null && now() < this.#nextAt) return this.#latest.found
    this.#underWay = this.#look()
    try {
      this.#latest = { found: await this.#underWay }
      return this.#latest.found
    } finally {
      this.#underWay = null
    }
  }

  async #look(): Promise<T> {
    const from = now()
    const before = this.spentMs
    // Who asks waits for it.
    const found = await inSlices(this.#timed(), true)
    const ms = this.spentMs - before
    // The first compiles all that it calls, and any other may have had to wait for the machine: on a busy one two in a row.
    const usualMs = Math.min(ms, ...this.#recentMs)
    this.#recentMs = [...this.#recentMs.slice(1), ms]
    this.#nextAt = Math.max(from + freshMs, now() + usualMs / partOfCore)
    return found
  }

  /** Counts what the steps take, without what the program does between them. */
  *#timed(): Steps<T> {
    const steps = this.#looking()
    for (;;) {
      const from = now()
      const { done, value } = steps.next()
      this.spentMs += now() - from
      if (done === true) return value
      yield
    }
  }
}
