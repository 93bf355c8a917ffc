import { describe, expect, it } from 'vitest'
import { growthPerMinute, History } from '../../../src/cli/top/history.ts'
import { sight } from './sights.ts'

/** A look each second. */
function growth(...series: (number | null)[]): number | null {
  return growthPerMinute(
    series.map((_, index) => index * 1000),
    series,
  )
}

describe('growth', () => {
  it('is how many more run in a minute', () => {
    expect(growth(0, 1, 2, 3, 4)).toBeCloseTo(60)
    expect(growth(40, 38, 36, 34)).toBeCloseTo(-120)
    expect(growth(5, 5, 5)).toBe(0)
  })

  it('is not told from one look', () => {
    expect(growth()).toBeNull()
    expect(growth(7)).toBeNull()
    expect(growth(null, null, 7)).toBeNull()
    expect(growth(null, 7, 8)).toBeCloseTo(60)
  })

  it('is none of what comes and goes, and some of what climbs on its way', () => {
    const pool = Array.from({ length: 60 }, (_, second) => [2, 9, 4, 7, 0][second % 5] as number)
    expect(growth(...pool)).toBe(0)
    expect(growth(...pool.map((count, second) => count + second))).toBeCloseTo(60, -1)
    // One more every ten seconds.
    expect(growth(...pool.map((_, second) => Math.floor(second / 10)))).toBeCloseTo(6, 0)
  })
})

describe('a history', () => {
  it('knows of each engine how many ran, also before it was there', () => {
    const history = new History()
    history.note(0, [sight(1, { Pool: 1 })])
    history.note(1000, [sight(1, { Pool: 1, Query: 2 })])
    history.note(2000, [sight(1, { Pool: 1, Query: 4 }), sight(2, { Pool: 9 })])
    expect(
      history.engines().map(({ process, place, series }) => [process.pid, place.engine, series]),
    ).toEqual([
      [1, 'Pool', [1, 1, 1]],
      [1, 'Query', [0, 2, 4]],
      [2, 'Pool', [null, null, 9]],
    ])
    expect(history.processes().map(({ series, growth }) => [series, growth])).toEqual([
      [[1, 3, 5], expect.closeTo(120)],
      [[null, null, 9], null],
    ])
  })

  it('forgets a process that has ended, and an engine that has not run for as long as is kept', () => {
    const history = new History(3)
    history.note(0, [sight(1, { Pool: 1, Query: 2 }), sight(2, { Pool: 1 })])
    history.note(1, [sight(1, { Pool: 1, Query: 0 })])
    expect(history.engines().map(({ process, place }) => [process.pid, place.engine, place.running])).toEqual(
      [
        [1, 'Pool', 1],
        [1, 'Query', 0],
      ],
    )
    history.note(2, [sight(1, { Pool: 1 })])
    history.note(3, [sight(1, { Pool: 1 })])
    expect(history.engines().map(({ place, series }) => [place.engine, series])).toEqual([
      ['Pool', [1, 1, 1]],
    ])
    expect(history.coveredMs).toBe(2)
  })

  it('waits for a process that has not told anything', () => {
    const history = new History()
    history.note(0, [sight(1, {}, { counts: null })])
    history.note(1000, [sight(1, { Pool: 3 })])
    expect(history.engines().map(({ series, growth }) => [series, growth])).toEqual([[[null, 3], null]])
  })
})
