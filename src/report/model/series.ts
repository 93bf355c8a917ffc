/** The highest value of each stretch of time. The stretches grow with the time, so that there are never more than some hundred. */

const pointsKept = 128

export class Series {
  #widthMs = 1000
  #byStretch = new Map<number, number>()

  add(at: number, value: number): void {
    const stretch = Math.floor(at / this.#widthMs)
    this.#byStretch.set(stretch, Math.max(value, this.#byStretch.get(stretch) ?? 0))
    while (this.#byStretch.size > pointsKept) this.#widen()
  }

  #widen(): void {
    const narrow = this.#byStretch
    this.#widthMs *= 2
    this.#byStretch = new Map()
    for (const [stretch, value] of narrow) {
      const wide = Math.floor(stretch / 2)
      this.#byStretch.set(wide, Math.max(value, this.#byStretch.get(wide) ?? 0))
    }
  }

  /** The first millisecond of each stretch, and its value. */
  points(): { at: string; count: number }[] {
    return [...this.#byStretch]
      .sort(([a], [b]) => a - b)
      .map(([stretch, count]) => ({ at: new Date(stretch * this.#widthMs).toISOString(), count }))
  }
}
