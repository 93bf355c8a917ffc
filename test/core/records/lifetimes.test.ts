import { describe, expect, it } from 'vitest'
import { Lifetimes } from '../../../src/core/records/lifetimes.ts'

function lifetimes(...ms: readonly number[]): Lifetimes {
  const all = new Lifetimes()
  for (const each of ms) all.add(each)
  return all
}

const minute = 60_000
const day = 24 * 60 * minute

describe('lifetimes', () => {
  it('are told as at most a quarter more than they were, from a millisecond to weeks', () => {
    for (const ms of [1, 3, 4, 7, 99, 1000, 1023, 1024, minute, day, 20 * day]) {
      const usual = lifetimes(ms).usualMs()
      expect(usual).toBeGreaterThan(ms)
      expect(usual).toBeLessThanOrEqual(Math.max(ms + 1, ms * 1.25))
    }
  })

  it('of the slowest hundredth are no measure, of one more they are', () => {
    const quick = Array.from({ length: 990 }, () => 10)
    const slow = Array.from({ length: 10 }, () => minute)
    expect(lifetimes(...quick, ...slow).usualMs()).toBe(12)
    expect(lifetimes(...quick, ...slow, minute).usualMs()).toBeGreaterThan(minute)
  })

  it('of fewer than a hundred all count', () => {
    expect(lifetimes(1, 2, 100).usualMs()).toBeGreaterThan(100)
  })

  it('stay the same as they are counted on for ever', () => {
    const all = new Lifetimes()
    for (let index = 0; index < 1_000_000; index += 1) all.add(index % 50 === 0 ? 5000 : 10)
    expect(all.total).toBeLessThan(2 ** 17)
    expect(all.usualMs()).toBeGreaterThan(5000)
    expect(all.usualMs()).toBeLessThan(6500)
  })

  it('are outlived by those that got older than any, and not where as many got that old before', () => {
    const mix = lifetimes(...Array.from({ length: 100 }, () => 10), 30_000, 31_000)
    expect(mix.outlivedFrom([29_000, 5000, 8])).toBe(Number.POSITIVE_INFINITY)
    expect(mix.outlivedFrom([29_000, 28_000, 27_000])).toBeLessThanOrEqual(27_000)
    expect(mix.outlivedFrom([60_000])).toBeLessThanOrEqual(60_000)
    expect(mix.outlivedFrom([])).toBe(Number.POSITIVE_INFINITY)
  })
})
