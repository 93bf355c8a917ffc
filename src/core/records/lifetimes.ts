/**
 * How long engines ran: a histogram of fixed size, four buckets to each doubling, so that what is read from it is at most a
 * quarter too long. From a millisecond to 24 days in 248 bytes, however many engines there were.
 */
const bucketCount = 124
/** Where a bucket is full all are halved: what a place did lately counts for more than what it did weeks ago. */
const fullAt = 2 ** 16 - 1

/** `ms`: below 2 ** 31; a fraction is cut off. */
function bucketOf(ms: number): number {
  if (ms < 4) return ms | 0
  const doubling = 31 - Math.clz32(ms)
  return (doubling - 1) * 4 + ((ms >> (doubling - 2)) & 3)
}

/** The shortest time that falls into `bucket`. */
function startOf(bucket: number): number {
  if (bucket < 4) return bucket
  const doubling = (bucket >> 2) + 1
  return (4 + (bucket & 3)) * 2 ** (doubling - 2)
}

export class Lifetimes {
  readonly #counts = new Uint16Array(bucketCount)
  #total = 0

  /** How many are in it. */
  get total(): number {
    return this.#total
  }

  add(ms: number): void {
    const bucket = bucketOf(ms)
    if (this.#counts[bucket] === fullAt) this.#halve()
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#total += 1
  }

  /** What all but the slowest hundredth stayed below. */
  usualMs(): number {
    let left = Math.floor(this.#total / 100)
    for (let bucket = bucketCount - 1; bucket >= 0; bucket -= 1) {
      left -= this.#counts[bucket] as number
      if (left < 0) return startOf(bucket + 1)
    }
    return 0
  }

  /**
   * From which age on more of those that run now, given by their ages, have got that old than ever ended at that age or later;
   * `Infinity`: from none. Before it, to be that old is how some of them live.
   */
  outlivedFrom(agesMs: Iterable<number>): number {
    const running = new Uint32Array(bucketCount)
    for (const ms of agesMs) {
      const bucket = bucketOf(ms)
      running[bucket] = (running[bucket] as number) + 1
    }
    let from = Number.POSITIVE_INFINITY
    let older = 0
    let ended = 0
    for (let bucket = bucketCount - 1; bucket >= 0; bucket -= 1) {
      older += running[bucket] as number
      ended += this.#counts[bucket] as number
      if (running[bucket] !== 0 && older > ended) from = startOf(bucket)
    }
    return from
  }

  #halve(): void {
    this.#total = 0
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      const half = (this.#counts[bucket] as number) >> 1
      this.#counts[bucket] = half
      this.#total += half
    }
  }
}
