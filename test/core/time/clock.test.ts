import { expect, it } from 'vitest'
import { faults } from '../../../src/core/self/faults.ts'
import { later, now } from '../../../src/core/time/clock.ts'

it('keeps to itself what goes wrong in what it calls back', async () => {
  const uncaught: unknown[] = []
  const note = (error: unknown) => uncaught.push(error)
  process.prependListener('uncaughtException', note)
  // More at once than there are alarms.
  const rung = Array.from({ length: 8 }, (_, index) => {
    return new Promise<void>((resolve) => {
      later(1, () => {
        resolve()
        throw new Error(`no descriptor ${index}`)
      })
    })
  })
  await Promise.all(rung)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('uncaughtException', note)
  expect(uncaught).toEqual([])
  expect(faults()).toContain('what leakwatch does after a while: no descriptor 7')
})

it('counts from the start of the process', () => {
  expect(Math.abs(now() - performance.now())).toBeLessThan(1000)
  expect(now()).toBeLessThanOrEqual(now())
})
