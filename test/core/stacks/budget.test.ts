import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  asksSkipped,
  countSkippedStack,
  engineStack,
  measured,
  refillStacks,
  savedMs,
  setStackBudget,
  spendRareStack,
  spendStack,
  spendTickStack,
  stackMode,
} from '../../../src/core/stacks/budget.ts'
import { fresh, state } from '../../../src/core/stacks/state.ts'
import { stackTally } from '../../../src/core/stacks/tally.ts'
import { beginAnew } from '../../begin-anew.ts'

/** The time that the budget sees, and how often it looks. */
const clock = vi.hoisted(() => ({ now: 0, looks: 0 }))

vi.mock(import('../../../src/core/time/clock.ts'), async (original) => ({
  ...(await original()),
  now: () => {
    clock.looks += 1
    return clock.now
  },
}))

/** So many asks are granted until the first that is not. */
function granted(ask: () => boolean): number {
  let count = 0
  while (count < 100_000 && ask()) count += 1
  return count
}

const costMs = 0.01

beforeEach(() => {
  beginAnew({ state, fresh })
  setStackBudget('auto', 1)
  state.costMs = costMs
  clock.now = 0
  clock.looks = 0
})

describe('the budget for stacks', () => {
  it('is filled at first, and keeps a quarter for what is rare', () => {
    expect(granted(spendStack)).toBeCloseTo((savedMs * 0.6) / costMs, -1)
    expect(spendStack()).toBe(false)
    expect(granted(spendRareStack)).toBeCloseTo((savedMs * 0.25) / costMs, -1)
  })

  it('has some for ticks, which nothing else spends', () => {
    granted(spendRareStack)
    expect(granted(spendTickStack)).toBeCloseTo((savedMs * 0.15) / costMs, -1)
  })

  it('lets what is rare spend what is there for all', () => {
    expect(granted(spendRareStack)).toBeCloseTo((savedMs * 0.85) / costMs, -1)
    expect(spendStack()).toBe(false)
  })

  it('looks at the time for one ask in so many where it is spent, and never before', () => {
    granted(spendStack)
    expect(clock.looks).toBe(1)
    for (let ask = 0; ask < 10 * (asksSkipped + 1); ask += 1) spendStack()
    expect(clock.looks).toBe(11)
  })

  it('earns its share of the time, up to what can be saved', () => {
    granted(spendStack)
    clock.now = 1000
    refillStacks()
    // 1 % of a second is 10 ms, of which three fifths are for all.
    expect(granted(spendStack)).toBeCloseTo(6 / costMs, -1)
    clock.now = 1e9
    refillStacks()
    expect(granted(spendStack)).toBeCloseTo((savedMs * 0.6) / costMs, -1)
  })

  it('looks at the time with the next ask once the young period has ended', () => {
    granted(spendStack)
    clock.now = 1000
    expect(spendStack()).toBe(false)
    refillStacks()
    expect(spendStack()).toBe(true)
  })

  it('charges what captures were last measured to cost, of every 32nd', () => {
    for (let capture = 0; capture < 31; capture += 1) measured(() => 0)
    expect(clock.looks).toBe(0)
    expect(state.costMs).toBe(costMs)
    measured(() => (clock.now += 0.03))
    // Reading costs as much again; an eighth of the difference is learnt.
    expect(state.costMs).toBeCloseTo(costMs + (0.06 - costMs) / 8)
  })

  it('is told in percent of one core', () => {
    for (let ask = 0; ask < 500; ask += 1) spendStack()
    countSkippedStack()
    clock.now = 1000
    expect(stackTally()).toEqual({ captured: 0, skipped: 1, budgetPercent: 1, spentPercent: 0.5 })
  })

  it('has no bound where all are asked for, and is empty where none are', () => {
    setStackBudget('all', 1)
    expect(granted(spendStack)).toBe(100_000)
    expect(stackTally().budgetPercent).toBeNull()
    expect(engineStack(granted, 4)).not.toBeNull()
    setStackBudget('off', 1)
    expect([stackMode(), spendStack(), spendRareStack(), engineStack(granted, 4)]).toEqual([
      'off',
      false,
      false,
      null,
    ])
    setStackBudget('auto', 0)
    expect([spendStack(), spendRareStack()]).toEqual([false, false])
  })
})
