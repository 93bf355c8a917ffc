import { describe, expect, it } from 'vitest'
import { now } from '../../src/core/time/clock.ts'
import type { Steps } from '../../src/core/time/steps.ts'
import { Look } from '../../src/metrics/look.ts'

/** Does `work` each time, and counts how often it was done. */
function looks(work: () => void): Look<number> {
  let count = 0
  return new Look(function* (): Steps<number> {
    count += 1
    yield
    work()
    return count
  })
}

/** Works for so long, of the clock and of CPU time. */
function compute(ms: number): void {
  const until = now() + ms
  const before = process.cpuUsage()
  const cpuMs = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000
  while (now() < until || cpuMs(process.cpuUsage(before)) < ms);
}

const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** Whoever asks each second. */
async function asked(look: Look<number>): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 950))
  return look.found()
}

describe('a look', () => {
  it('is one for all who ask at the same time, and soon after', async () => {
    const look = looks(() => {})
    expect(await Promise.all([look.found(), look.found()])).toEqual([1, 1])
    expect(await look.found()).toBe(1)
    expect(await asked(look)).toBe(2)
  })

  it('is made less often, where it takes long: but for one or two that did', async () => {
    let ms = 40
    const look = looks(() => compute(ms))
    expect(await look.found()).toBe(1)
    expect(await asked(look)).toBe(2)
    // The third is as slow as those before.
    expect(await asked(look)).toBe(3)
    ms = 0
    expect(await asked(look)).toBe(3)
    expect(look.spentMs).toBeGreaterThanOrEqual(120)
  })

  it('is made as often where it only waits: others use the machine', async () => {
    const look = looks(() => Atomics.wait(sleeper, 0, 0, 40))
    expect(await look.found()).toBe(1)
    for (const count of [2, 3, 4]) expect(await asked(look)).toBe(count)
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
