import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { promiseResults, promiseState, promiseStates } from '../../../src/core/promises/promise-state.ts'

describe('the state of a promise', () => {
  it.each([
    ['pending', new Promise(() => {})],
    [
      'fulfilled',
      Promise.resolve({
        get secret() {
          throw new Error('a getter ran')
        },
      }),
    ],
    ['fulfilled', Promise.resolve('<pending>')],
    ['fulfilled', Promise.resolve([null, '<rejected>'])],
    ['fulfilled', Promise.resolve(Promise.resolve(1))],
  ])('%s', (state, promise) => {
    expect(promiseState(promise)).toBe(state)
  })

  it('rejected, and the rejection stays unhandled', async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown) => unhandled.push(reason)
    const before = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', listener)
    try {
      const promise = Promise.reject(new Error('<pending>'))
      expect(promiseState(promise)).toBe('rejected')
      await sleep(5)
      expect(unhandled).toHaveLength(1)
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const each of before) process.on('unhandledRejection', each)
    }
  })
})

describe('the states of many promises', () => {
  it('each its own, whatever they settled with', () => {
    const next = Promise.resolve('<rejected>')
    const odd = Object.assign(Promise.resolve(), { '<pending>': '<pending>', next })
    const rejected = [Promise.reject(next), Promise.reject([next]), Promise.reject(new Error('<pending>'))]
    for (const each of rejected) each.catch(() => {})
    const promises = [rejected[0], next, new Promise(() => {}), rejected[1], next, odd, rejected[2]]
    promises.push(new (class extends Promise<unknown> {})(() => {}), Promise.resolve(null))
    expect(promiseStates(promises as Promise<unknown>[])).toEqual([
      'rejected',
      'fulfilled',
      'pending',
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
      'pending',
      'fulfilled',
    ])
  })

  it('a thousand', () => {
    const promises = Array.from({ length: 1000 }, (_, index) =>
      index % 3 === 0 ? new Promise(() => {}) : Promise.resolve(index),
    )
    const found = promiseStates(promises)
    expect(found.filter((state) => state === 'pending')).toHaveLength(334)
    expect(found[0]).toBe('pending')
    expect(found[1]).toBe('fulfilled')
  })

  it('none', () => {
    expect(promiseStates([])).toEqual([])
  })
})

it('tells what promises were fulfilled with, whatever else they carry', () => {
  const value = { n: 1 }
  const release = () => {}
  const storage = new AsyncLocalStorage<object>()
  const results = storage.run({ store: true }, () => {
    const promises: Promise<unknown>[] = [3, null, undefined, ''].map((each) => Promise.resolve(each))
    promises.push(new Promise(() => {}), Promise.resolve(value), Promise.resolve(value))
    return promiseResults([...promises, Promise.resolve(release)])
  })
  expect(results.map((each) => each.value)).toEqual([
    ...[undefined, undefined, undefined, undefined, undefined],
    ...[value, value, release],
  ])
})
