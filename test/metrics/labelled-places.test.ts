import { describe, expect, it } from 'vitest'
import type { StartPlace } from '../../src/core/records/engine-record.ts'
import { atOnce } from '../../src/core/time/steps.ts'
import type { EnginesByPlace, PlaceCount } from '../../src/metrics/engines-by-place.ts'
import { type Counted, LabelledPlaces, placesLimit } from '../../src/metrics/labelled-places.ts'

const file = '/shop/src/order.js'

/** A place on this line, at which so many were started, of which some run. */
function count(line: number, started: number, running: number, column = 1): PlaceCount {
  const frame = { function: null, file, line, column, construct: false }
  const place: StartPlace = {
    ...{ frame, started, stopped: 0, stoppedAt: new Map(), lifetimes: null, growth: null },
  }
  return { place, key: `Engine ${file}:${line}:${column}`, started, alive: running, running, oldestAt: line }
}

/** `rest`: what has no place. */
function engines(places: PlaceCount[], rest = { started: 0, running: 0 }, lightRunning = 0): EnginesByPlace {
  const sum = (key: 'started' | 'running') => places.reduce((total, each) => total + each[key], rest[key])
  const running = sum('running')
  const all = { alive: running, running, oldestAt: 0 }
  return { places, waiters: [], all, started: sum('started'), lightRunning }
}

function rows(counted: Counted[]): string[] {
  return counted.map(
    ({ site, started, stopped, running }) =>
      `${site.replace(/.*\//, '')}: ${started} - ${stopped} = ${running}`,
  )
}

function counting(places: LabelledPlaces, of: EnginesByPlace): string[] {
  return rows(atOnce(places.counting(of)))
}

describe('places with a label', () => {
  it('are all, where there are few; what has no place is counted together', () => {
    const all = engines([count(1, 5, 2), count(2, 3, 0)], { started: 4, running: 1 })
    expect(counting(new LabelledPlaces(), all)).toEqual([
      'order.js:1: 5 - 3 = 2',
      'order.js:2: 3 - 3 = 0',
      'other: 4 - 3 = 1',
    ])
  })

  it('are those from which most engines run, then those at which most were started', () => {
    const all = engines([count(1, 5, 0), count(2, 9, 0), count(3, 20, 7), count(4, 1, 1)])
    expect(counting(new LabelledPlaces(3), all)).toEqual([
      'order.js:3: 20 - 13 = 7',
      'order.js:4: 1 - 0 = 1',
      'order.js:2: 9 - 9 = 0',
      'other: 5 - 5 = 0',
    ])
  })

  it('keep it until another place has clearly more', () => {
    const places = new LabelledPlaces(1)
    const [a, b] = [count(1, 10, 10), count(2, 9, 9)]
    const running = (of: PlaceCount, alive: number): PlaceCount => ({
      ...of,
      started: alive,
      alive,
      running: alive,
    })
    const labelled = (...all: PlaceCount[]) => counting(places, engines(all))[0]
    expect(labelled(a, b)).toBe('order.js:1: 10 - 0 = 10')
    expect(labelled(a, running(b, 11))).toBe('order.js:1: 10 - 0 = 10')
    expect(labelled(a, running(b, 20))).toBe('order.js:2: 20 - 0 = 20')
  })

  it('two on one line are one row', () => {
    const all = engines([count(1, 5, 2), count(1, 3, 1, 40)])
    expect(counting(new LabelledPlaces(), all)).toEqual(['order.js:1: 8 - 5 = 3'])
  })

  it('are so many at most, whatever a program generates', () => {
    const all = engines(Array.from({ length: 10_000 }, (_, line) => count(line + 1, 2, 1)))
    const counted = counting(new LabelledPlaces(), all)
    expect(counted).toHaveLength(placesLimit + 1)
    expect(counted.at(-1)).toBe(
      `other: ${2 * (10_000 - placesLimit)} - ${10_000 - placesLimit} = ${10_000 - placesLimit}`,
    )
  })
})

describe('counters', () => {
  it('never fall: a start that has failed is taken back', () => {
    const places = new LabelledPlaces()
    const place = count(1, 5, 0)
    expect(counting(places, engines([place]))).toEqual(['order.js:1: 5 - 5 = 0'])
    expect(counting(places, engines([{ ...place, started: 4 }]))).toEqual(['order.js:1: 5 - 5 = 0'])
  })

  it('of all else never fall, where a place gets a label', () => {
    const places = new LabelledPlaces(1)
    const [a, b] = [count(1, 10, 10), count(2, 8, 2)]
    expect(counting(places, engines([a, b])).at(-1)).toBe('other: 8 - 6 = 2')
    const grown = { ...b, started: 40, alive: 30, running: 30 }
    expect(counting(places, engines([a, grown])).at(-1)).toBe('other: 10 - 6 = 10')
  })

  it('leave out what is taken for no engine and runs', () => {
    const all = engines([count(1, 5, 2)], { started: 100, running: 0 }, 30)
    expect(counting(new LabelledPlaces(), all).at(-1)).toBe('other: 100 - 70 = 0')
  })
})
