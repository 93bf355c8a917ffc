import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { lookingAtPromises, watchPromise } from '../../../src/core/promises/promise-watch.ts'
import { atOnce } from '../../../src/core/time/steps.ts'

describe('watching promises', () => {
  it('a look sees every promise, also those that a poll had passed', async () => {
    const settled: number[] = []
    const engine = {}
    const resolvers: (() => void)[] = []
    for (let index = 0; index < 120; index += 1) {
      const { promise, resolve } = withResolvers()
      resolvers.push(resolve)
      watchPromise(promise, engine, () => settled.push(index))
    }
    // Polls look at some of them each, and end in the middle.
    await sleep(130)
    for (const resolve of resolvers) resolve()
    atOnce(lookingAtPromises())
    expect(settled.toSorted((a, b) => a - b)).toEqual(resolvers.map((_, index) => index))
  })

  it('one poll is enough for thousands that have settled', async () => {
    const engine = {}
    let told = 0
    for (let index = 0; index < 2000; index += 1) watchPromise(Promise.resolve(), engine, () => told++)
    for (let turn = 0; turn < 40 && told === 0; turn += 1) await sleep(25)
    expect(told).toBe(2000)
  })

  it('a look at one tells once, and of that one alone', async () => {
    const told: string[] = []
    const engine = {}
    const first = withResolvers()
    const second = withResolvers()
    const lookAtFirst = watchPromise(first.promise, engine, (state) => told.push(`first ${state}`))
    watchPromise(second.promise, engine, (state) => told.push(`second ${state}`))
    lookAtFirst()
    expect(told).toEqual([])
    first.resolve()
    second.resolve()
    lookAtFirst()
    lookAtFirst()
    expect(told).toEqual(['first fulfilled'])
    atOnce(lookingAtPromises())
    expect(told).toEqual(['first fulfilled', 'second fulfilled'])
  })

  it('a promise that nobody else holds is seen to settle while its engine lives', async () => {
    const engine = {}
    let state = 'pending'
    let resolve = () => {}
    const start = () => {
      const made = withResolvers()
      resolve = made.resolve
      watchPromise(made.promise, engine, (found) => {
        state = found
      })
    }
    start()
    await sleep(200)
    resolve()
    atOnce(lookingAtPromises())
    expect(state).toBe('fulfilled')
  })
})

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
