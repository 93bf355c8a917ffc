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
  /** What all of them have taken, of CPU time. */
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
    // The first compiles all that it calls, and the garbage of the program may be collected in any other.
    const usualMs = Math.min(ms, ...this.#recentMs)
    this.#recentMs = [...this.#recentMs.slice(1), ms]
    this.#nextAt = Math.max(from + freshMs, now() + usualMs / partOfCore)
    return found
  }

  /** Counts what the steps take: neither what the program does between them, nor how long they wait for a busy machine. */
  *#timed(): Steps<T> {
    const steps = this.#looking()
    const cpuBefore = cpuMs()
    let stepsMs = 0
    try {
      for (;;) {
        const from = now()
        const { done, value } = steps.next()
        stepsMs += now() - from
        if (done === true) return value
        yield
      }
    } finally {
      this.spentMs += Math.min(stepsMs, cpuMs() - cpuBefore)
    }
  }
}

/** Of the whole process. Windows counts it in ticks of 16 ms, in which most looks take none. */
function cpuMs(): number {
  if (process.platform === 'win32') return now()
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
