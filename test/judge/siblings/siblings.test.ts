import { describe, expect, it } from 'vitest'
import type { EngineRecord, Growth, StartPlace } from '../../../src/core/records/engine-record.ts'
import { Lifetimes } from '../../../src/core/records/lifetimes.ts'
import { atOnce } from '../../../src/core/time/steps.ts'
import { nextGrowth } from '../../../src/judge/siblings/growth.ts'
import { comparingSiblings, isOverdue, type Siblings } from '../../../src/judge/siblings/siblings.ts'

/** A place whose engines ran for `ended` milliseconds each until they were stopped. */
function place(ended: readonly number[]): StartPlace {
  const lifetimes = ended.length === 0 ? null : new Lifetimes()
  for (const ms of ended) lifetimes?.add(ms)
  const frame = { function: null, file: 'a.js', line: 1, column: 1, construct: false }
  return { frame, started: 0, stopped: 0, stoppedAt: new Map(), lifetimes, growth: null }
}

function times(count: number, ms: number): number[] {
  return Array.from({ length: count }, () => ms)
}

/** One that holds something, and was started `ageMs` ago. */
function engine(at: StartPlace, ageMs: number, parts: Partial<EngineRecord> = {}): EngineRecord {
  return {
    place: at,
    startedAt: -ageMs,
    state: 'running',
    origin: 'convention',
    holds: true,
    ...parts,
  } as never
}

const ageOf = (startedAt: number): number => -startedAt

function look(engines: readonly EngineRecord[]): { atPlace: Siblings | undefined; overdue: EngineRecord[] } {
  const siblings = atOnce(comparingSiblings(engines, ageOf, 10_000))
  const [first] = engines
  return {
    atPlace: first?.place == null ? undefined : siblings.get(first.place),
    overdue: engines.filter((each) => isOverdue(each, siblings, ageOf)),
  }
}

describe('overdue', () => {
  it('is what has run over 10 times as long as its siblings, and over 10 s', () => {
    const quick = place(times(100, 10))
    expect(look([engine(quick, 9999)]).overdue).toEqual([])
    expect(look([engine(quick, 10_001)]).overdue).toHaveLength(1)
    const slow = place(times(100, 20_000))
    expect(look([engine(slow, 190_000)]).overdue).toEqual([])
    expect(look([engine(slow, 250_000)]).overdue).toHaveLength(1)
  })

  it('is nothing of which few siblings were stopped', () => {
    expect(look([engine(place(times(19, 10)), 3_600_000)]).overdue).toEqual([])
    expect(look([engine(place(times(20, 10)), 3_600_000)]).overdue).toHaveLength(1)
    expect(look([engine(place([]), 3_600_000)]).overdue).toEqual([])
  })

  it('is nothing that is being stopped, or was never seen to hold anything', () => {
    const quick = place(times(100, 10))
    expect(look([engine(quick, 60_000, { state: 'stopping' })]).overdue).toEqual([])
    expect(look([engine(quick, 60_000, { holds: false })]).overdue).toEqual([])
    expect(look([engine(quick, 60_000, { holds: false, origin: 'explicit' })]).overdue).toHaveLength(1)
  })

  it('is no long-lived one where as many that got this old were stopped all the same', () => {
    const mix = place([...times(10_000, 10), ...times(20, 600_000)])
    const running = Array.from({ length: 10 }, () => engine(mix, 300_000))
    expect(look(running).overdue).toEqual([])
    // So many never were there at once.
    expect(look([...running, ...running, ...running]).overdue).toHaveLength(30)
  })

  it('is one engine in a thousand at most, where lifetimes are spread widely and all are stopped', () => {
    // Log-normal: the slowest hundredth takes over 30 times as long as the middle one. A generator of its own: the same every time.
    let seed = 1
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed / 2_147_483_647
    }
    const lifetime = () =>
      20_000 * Math.exp(1.5 * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()))
    const shareOf = (siblings: number) => {
      let wrong = 0
      const tries = 5000
      for (let index = 0; index < tries; index += 1) {
        const at = place(Array.from({ length: siblings }, lifetime))
        if (look([engine(at, lifetime())]).overdue.length > 0) wrong += 1
      }
      return wrong / tries
    }
    expect(shareOf(20)).toBeLessThan(1 / 1000)
    expect(shareOf(100)).toBeLessThan(1 / 2000)
  })
})

describe('growing', () => {
  const seenBy = (counts: readonly number[], isKnown: boolean, checkMs: number): boolean[] => {
    let growth: Growth | null = null
    return counts.map((outliving) => {
      growth = nextGrowth(growth, { outliving, isKnown, overdueMs: 0 }, checkMs)
      return growth.isGrowing
    })
  }
  const yes = (seen: readonly boolean[]): number[] => seen.flatMap((is, index) => (is ? [index] : []))

  it('needs a rise in three checks in a row, the first of them from none', () => {
    expect(yes(seenBy([1, 2, 3, 4], true, 30_000))).toEqual([2, 3])
    expect(yes(seenBy([1, 2, 2, 3, 4], true, 30_000))).toEqual([])
    expect(yes(seenBy([1, 2, 1, 2, 3], true, 30_000))).toEqual([])
  })

  it('needs 10 s of that: a warm-up is over by then', () => {
    expect(yes(seenBy([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], true, 1000))).toEqual([9, 10])
    expect(yes(seenBy([1, 2, 2, 3, 4, 5, 5, 6, 7, 7, 8, 9, 10], true, 1000))).toEqual([12])
    expect(yes(seenBy([1, 2, 3, 4, 5, 6, 6, 6, 6, 7, 8, 9], true, 1000))).toEqual([])
  })

  it('needs twice as much where hardly any was ever stopped: a pool grows in the same way', () => {
    expect(yes(seenBy([2, 4, 6, 8, 10, 10, 10], false, 30_000))).toEqual([])
    expect(yes(seenBy([2, 4, 6, 8, 10, 12, 14], false, 30_000))).toEqual([6])
  })

  it('is over once they are stopped, or three checks after the last rise', () => {
    expect(yes(seenBy([0, 1, 2, 3, 0, 0], true, 30_000))).toEqual([3])
    expect(yes(seenBy([0, 1, 2, 3, 3, 3, 3, 3], true, 30_000))).toEqual([3, 4, 5])
    expect(yes(seenBy([0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 5], true, 30_000))).toEqual([3, 4, 5, 6, 7, 8, 9])
  })

  it('counts those that have outlived their siblings: more requests at once are no more of them', () => {
    const quick = place(times(1000, 500))
    const inTime = Array.from({ length: 300 }, (_, index) => engine(quick, index))
    expect(look(inTime).atPlace?.outliving).toBe(0)
    expect(look([...inTime, engine(quick, 5000), engine(quick, 6000)]).atPlace?.outliving).toBe(2)
  })

  it('counts all where hardly any was ever stopped', () => {
    const unknown = place(times(15, 10))
    expect(look([engine(unknown, 1), engine(unknown, 60_000)]).atPlace).toMatchObject({
      isKnown: false,
      outliving: 2,
    })
  })
})
