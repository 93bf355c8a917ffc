import { expect, it } from 'vitest'
import { faults } from '../../src/core/self/faults.ts'
import { now } from '../../src/core/time/clock.ts'
import type { Reporter } from '../../src/live/reporter.ts'
import { checkRegularly } from '../../src/triggers/check.ts'

/** Checks until it was done `count` times; each check takes `ms`. How many ran at the same time, at most. */
async function checks(count: number, check: () => Promise<void>): Promise<number> {
  let running = 0
  let most = 0
  let done = 0
  await new Promise<void>((resolve) => {
    const reporter = {
      check: async () => {
        // Nothing ends the checks of a process but its end.
        if (done >= count) return new Promise<void>(() => {})
        running += 1
        most = Math.max(most, running)
        try {
          await check()
        } finally {
          running -= 1
          done += 1
          if (done === count) resolve()
        }
      },
    }
    checkRegularly(() => reporter as unknown as Reporter, 1, now())
  })
  return most
}

it('a check that takes longer than the time between two is not overtaken', async () => {
  expect(await checks(3, () => new Promise((resolve) => setTimeout(resolve, 10)))).toBe(1)
})

it('a check that fails is remembered as a fault of leakwatch, and the next one comes', async () => {
  const check = async () => {
    throw new Error('no check today')
  }
  expect(await checks(3, check)).toBe(1)
  expect(faults()).toContainEqual(expect.stringMatching(/^a check: no check today \(\d times\)$/))
})
