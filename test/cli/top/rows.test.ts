import { describe, expect, it } from 'vitest'
import { History } from '../../../src/cli/top/history.ts'
import { engineRows, processRows } from '../../../src/cli/top/rows.ts'
import { sight } from './sights.ts'

/** Query grows in process 1; in process 2, which comes later, nothing does. */
function sample(): History {
  const history = new History()
  for (let second = 0; second < 10; second += 1) {
    const first = sight(1, { Pool: 30, Query: second }, { ageMs: 100 })
    const second_ = sight(2, { Pool: 5, Query: 50 }, { ageMs: 300 })
    const other = sight(3, { Query: 1 }, { service: 'mail', ageMs: 200 })
    history.note(second * 1000, second < 5 ? [first, other] : [first, second_, other])
  }
  return history
}

describe('rows', () => {
  it('of engines stand for all processes of a service; one that comes is no growth', () => {
    const rows = engineRows(sample(), 'growth', null)
    expect(rows.map(({ engine, service, pids, running }) => [engine, service, pids, running])).toEqual([
      ['Query', 'orders-api', [1, 2], 59],
      ['Pool', 'orders-api', [1, 2], 35],
      ['Query', 'mail', [3], 1],
    ])
    expect(rows.map(({ growth }) => growth)).toEqual([expect.closeTo(60), 0, 0])
    expect(rows[0]?.series).toEqual([50, 51, 52, 53, 54, 55, 56, 57, 58, 59])
    expect(rows[1]?.series).toEqual(new Array(10).fill(35))
  })

  it('of one process are its own', () => {
    const rows = engineRows(sample(), 'running', '1-1')
    expect(rows.map(({ engine, running }) => [engine, running])).toEqual([
      ['Pool', 30],
      ['Query', 9],
    ])
  })

  it('of processes come in the order that was chosen', () => {
    const pids = (order: Parameters<typeof processRows>[1]) =>
      processRows(sample(), order).map(({ pid }) => pid)
    expect(pids('growth')).toEqual([1, 2, 3])
    expect(pids('running')).toEqual([2, 1, 3])
    expect(pids('age')).toEqual([2, 3, 1])
    expect(pids('name')).toEqual([3, 1, 2])
  })
})
