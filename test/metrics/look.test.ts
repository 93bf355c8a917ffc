import { describe, expect, it } from 'vitest'
import { now } from '../../src/core/time/clock.ts'
import type { Steps } from '../../src/core/time/steps.ts'
import { Look } from '../../src/metrics/look.ts'

/** Takes `ms` of work each time, and counts how often it was done. */
function looks(ms: () => number): Look<number> {
  let count = 0
  return new Look(function* (): Steps<number> {
    count += 1
    yield
    const until = now() + ms()
    while (now() < until);
    return count
  })
}

describe('a look', () => {
  it('is one for all who ask at the same time, and soon after', async () => {
    const look = looks(() => 0)
    expect(await Promise.all([look.found(), look.found()])).toEqual([1, 1])
    expect(await look.found()).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 950))
    expect(await look.found()).toBe(2)
  })

  it('is made less often, where it takes long: but for one or two that did', async () => {
    let ms = 40
    const look = looks(() => ms)
    const asked = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 950))
      return look.found()
    }
    expect(await look.found()).toBe(1)
    expect(await asked()).toBe(2)
    // The third is as slow as those before.
    expect(await asked()).toBe(3)
    ms = 0
    expect(await asked()).toBe(3)
    expect(look.spentMs).toBeGreaterThanOrEqual(120)
  })

  it('that fails is made anew', async () => {
    let isBroken = true
    const look = new Look(function* (): Steps<string> {
      yield
      if (isBroken) throw new Error('broken')
      return 'found'
    })
    await expect(look.found()).rejects.toThrow('broken')
    isBroken = false
    expect(await look.found()).toBe('found')
  })
})
