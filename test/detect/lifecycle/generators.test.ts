import { beforeEach, describe, expect, it } from 'vitest'
import { engineOf } from '../../../src/core/engines/objects.ts'
import { recordEngine } from '../../../src/core/engines/record-engine.ts'
import { contextEngine } from '../../../src/core/ownership/context.ts'
import { aroundStart, aroundWork, known } from '../../../src/detect/lifecycle/around.ts'
import { wrapGenerator } from '../../../src/detect/lifecycle/generators.ts'
import { wrapMethod } from '../../../src/detect/lifecycle/methods.ts'
import * as room from '../../../src/detect/lifecycle/state.ts'
import type { AnyFunction, Around } from '../../../src/detect/lifecycle/wrap.ts'
import { beginAnew } from '../../begin-anew.ts'

beforeEach(() => beginAnew(room))

/** Whose work the code is that asks. */
const worker = (): string | null => contextEngine()?.name ?? null

function engineWith<Run>(run: Run, around: Around = aroundStart('run', known)) {
  const engine = { run: wrapGenerator(run as AnyFunction, around) as Run, start() {} }
  wrapMethod(engine, 'start', known, null)
  recordEngine(engine, { name: 'feed', origin: 'explicit' })
  return engine
}

describe('a generator that starts an engine', () => {
  it('does so with its first step, and works for the engine between its steps alone', () => {
    const feed = engineWith(function* () {
      yield worker()
      try {
        yield worker()
      } finally {
        seen.push(worker())
      }
    })
    const seen: (string | null)[] = []
    const steps = feed.run()
    expect(engineOf(feed)?.state).toBe('created')
    seen.push(steps.next().value ?? null)
    expect(engineOf(feed)).toMatchObject({ state: 'running', start: 'run', starts: 1 })
    seen.push(worker(), steps.next().value ?? null)
    expect(steps.return()).toEqual({ value: undefined, done: true })
    seen.push(worker())
    expect(seen).toEqual(['feed', null, 'feed', 'feed', null])
  })

  it('may be asynchronous, and end early', async () => {
    const seen: (string | null)[] = []
    const feed = engineWith(async function* () {
      await null
      try {
        yield worker()
        await null
        yield worker()
        yield 'never'
      } finally {
        await null
        seen.push(worker())
      }
    })
    for await (const each of feed.run()) {
      seen.push(each, worker())
      if (seen.length === 4) break
    }
    seen.push(worker())
    expect(seen).toEqual(['feed', null, 'feed', null, 'feed', null])
  })

  it('has failed where its first step throws', () => {
    // biome-ignore lint/correctness/useYield: it does not come to one
    const feed = engineWith(function* () {
      throw new Error('mine')
    })
    const steps = feed.run()
    expect(() => steps.next()).toThrow('mine')
    expect(engineOf(feed)?.state).toBe('failed')
  })

  it('is no restart of an engine that runs, and has an end of its own', async () => {
    const feed = engineWith(async function* () {
      yield worker()
    })
    const [one, other] = [feed.run(), feed.run()]
    expect([(await one.next()).value, (await other.next()).value]).toEqual(['feed', 'feed'])
    expect(engineOf(feed)?.starts).toBe(1)
    expect(engineOf(feed)?.isFinished?.()).toBe(false)
    await one.next()
    expect(engineOf(feed)?.isFinished?.()).toBe(false)
    await other.return(undefined)
    expect(engineOf(feed)?.isFinished?.()).toBe(true)
  })

  it('is part of the generator of the engine that calls it', async () => {
    let depth = 0
    const feed = engineWith(async function* (this: { run(): AsyncGenerator<string | null> }): AsyncGenerator<
      string | null
    > {
      yield worker()
      depth += 1
      if (depth < 3) yield* this.run()
    })
    const seen: (string | null)[] = []
    for await (const each of feed.run()) seen.push(each)
    expect(seen).toEqual(['feed', 'feed', 'feed'])
    expect(engineOf(feed)?.starts).toBe(1)
  })

  it('runs no trap of its prototype', () => {
    const run = async function* () {
      yield 1
    }
    const trapped = () => {
      throw new Error('a trap')
    }
    const handler = { defineProperty: trapped, isExtensible: trapped }
    Object.assign(run, { prototype: new Proxy(run.prototype as object, handler) })
    expect(() => engineWith(run).run()).not.toThrow()
  })

  it('starts nothing where it is ended before its first step', () => {
    const feed = engineWith(function* () {
      yield 1
    })
    expect(feed.run().return('early' as never)).toEqual({ value: 'early', done: true })
    expect(engineOf(feed)?.state).toBe('created')
  })

  it('takes what it is handed and throws what it is told to', () => {
    const feed = engineWith(function* (first: number): Generator<number, string, number> {
      try {
        yield first + (yield first)
      } catch (error) {
        return String(error)
      }
      return ''
    })
    const steps = feed.run(1)
    expect(steps.next(7)).toEqual({ value: 1, done: false })
    expect(steps.next(2)).toEqual({ value: 3, done: false })
    expect(steps.throw('told')).toEqual({ value: 'told', done: true })
  })

  it('leaves its generators what they are', () => {
    const bare = async function* run() {
      yield 1
    }
    const feed = engineWith(bare)
    const steps = feed.run()
    expect(Reflect.ownKeys(steps)).toEqual([])
    expect(Object.getPrototypeOf(steps)).toBe(bare.prototype)
    expect(Object.getPrototypeOf(bare.prototype)).toBe(Object.getPrototypeOf(async function* () {}.prototype))
    expect(Object.prototype.toString.call(steps)).toBe('[object AsyncGenerator]')
    expect(steps[Symbol.asyncIterator]()).toBe(steps)
    expect([steps.next.name, steps.next.length]).toEqual(['next', 1])
    expect(Object.keys(bare.prototype)).toEqual([])
  })

  it('settles its promises in the same order', async () => {
    const order = async (run: () => AsyncGenerator<number>): Promise<string[]> => {
      const seen: string[] = []
      const steps = run()
      const asked = [steps.next(), steps.next(), steps.return(null), steps.next()]
      for (const [index, each] of asked.entries()) each.then(() => seen.push(`step ${index}`))
      let tick = Promise.resolve()
      for (let count = 0; count < 12; count += 1)
        tick = tick.then(() => {
          seen.push(`tick ${count}`)
        })
      await tick
      return seen
    }
    const run = async function* () {
      yield 1
      await null
      yield 2
    }
    const plain = await order(run)
    const feed = engineWith(run)
    expect(await order(() => feed.run())).toEqual(plain)
  })

  it('is left alone where the program gave its generators steps of their own', () => {
    const run = function* () {
      yield 1
    }
    const next = () => ({ value: 'mine', done: false })
    Object.assign(run.prototype, { next })
    const feed = engineWith(run)
    expect(feed.run().next).toBe(next)
    expect(feed.run().next()).toEqual({ value: 'mine', done: false })
  })
})

describe('other generators of an engine', () => {
  it('are no stop that could be followed: nothing tells of their last step', () => {
    const feed = { async *stop() {}, *close() {} }
    expect(wrapMethod(feed, 'stop', known, null)).toBe('generator')
    expect(wrapMethod(feed, 'close', known, null)).toBe('generator')
  })

  it('are left alone where they are plain: they may make a million steps a second', () => {
    const feed = { *run() {}, *scan() {} }
    const { run, scan } = feed
    expect([wrapMethod(feed, 'run', known, null), wrapMethod(feed, 'scan', known, null)]).toEqual([
      null,
      null,
    ])
    expect([feed.run, feed.scan]).toEqual([run, scan])
  })

  it('do its work, whoever makes the steps', async () => {
    const feed = engineWith(async function* () {
      yield worker()
    }, aroundWork('run'))
    feed.start()
    const seen: (string | null)[] = []
    for await (const each of feed.run()) seen.push(each)
    expect(seen).toEqual(['feed'])
  })
})
