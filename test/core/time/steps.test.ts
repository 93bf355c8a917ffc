import { describe, expect, it } from 'vitest'
import { now } from '../../../src/core/time/clock.ts'
import { atOnce, inSlices, type Steps } from '../../../src/core/time/steps.ts'

function* busy(steps: number, msEach: number): Steps<number> {
  for (let step = 0; step < steps; step += 1) {
    const until = now() + msEach
    while (now() < until);
    yield
  }
  return steps
}

describe('work in steps', () => {
  it('is done at once where nothing can wait', () => {
    expect(atOnce(busy(3, 0))).toBe(3)
  })

  it('lets the event loop go round while it is done', async () => {
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    expect(await inSlices(busy(60, 1), true)).toBe(60)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(3)
  })

  it('passes on what it throws', async () => {
    const failing = (function* (): Steps<void> {
      yield
      throw new Error('no')
    })()
    await expect(inSlices(failing, true)).rejects.toThrow('no')
  })
})
