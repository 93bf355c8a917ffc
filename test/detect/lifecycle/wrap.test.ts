import { beforeEach, describe, expect, it } from 'vitest'
import { engineOf } from '../../../src/core/engines/objects.ts'
import { recordEngine } from '../../../src/core/engines/record-engine.ts'
import { notCovered } from '../../../src/core/self/faults.ts'
import { writtenAs } from '../../../src/core/self/written-text.ts'
import { known } from '../../../src/detect/lifecycle/around.ts'
import { wrapAs, wrapMethods } from '../../../src/detect/lifecycle/methods.ts'
import { nameVerbs } from '../../../src/detect/lifecycle/named-verbs.ts'
import { fresh, state } from '../../../src/detect/lifecycle/state.ts'
import { type Around, wrapProperty } from '../../../src/detect/lifecycle/wrap.ts'
import { beginAnew } from '../../begin-anew.ts'

beforeEach(() => beginAnew({ state, fresh }))

const calls: unknown[][] = []
const noting: Around = (original, self, args) => {
  calls.push(args)
  return Reflect.apply(original, self, args)
}

describe('a wrapped property', () => {
  beforeEach(() => {
    calls.length = 0
  })

  it('calls what it was, with its receiver and arguments, until it is undone', () => {
    const engine = {
      port: 80,
      begin(this: { port: number }, offset: number) {
        return this.port + offset
      },
    }
    const { begin } = engine
    const { undo, refused } = wrapProperty(engine, 'begin', noting)
    expect(refused).toBeNull()
    expect(engine.begin(1)).toBe(81)
    undo?.()
    undo?.()
    expect(engine.begin).toBe(begin)
    engine.begin(2)
    expect(calls).toEqual([[1]])
  })

  it('is not put back over what the program has put in its place', () => {
    const engine: { begin: () => string } = { begin: () => 'first' }
    const { undo } = wrapProperty(engine, 'begin', noting)
    engine.begin = () => 'second'
    undo?.()
    expect(engine.begin()).toBe('second')
  })

  it.each([
    ['a method', { begin(_one: unknown, _two: unknown) {} }.begin],
    ['an arrow function', (_one: unknown) => {}],
    ['an async function', async (_one: unknown) => {}],
    ['a constructor', function Begin(_one: unknown) {}],
  ])('keeps the attributes of %s', (_, original: unknown) => {
    const engine = {}
    const attributes = { configurable: true, writable: false, enumerable: true }
    Object.defineProperty(engine, 'begin', { value: original, ...attributes })
    wrapProperty(engine, 'begin', noting)
    const property = Object.getOwnPropertyDescriptor(engine, 'begin')
    expect(property).toMatchObject(attributes)
    const { value } = property as { value: (...args: unknown[]) => unknown }
    const { name, length } = original as (...args: unknown[]) => unknown
    expect(value).not.toBe(original)
    expect([value.name, value.length]).toEqual([name, length])
    expect(Object.getPrototypeOf(value)).toBe(Object.getPrototypeOf(original))
    expect(writtenAs(value)).toBe(original)
  })
})

describe('a property that is left as it is says why', () => {
  const begin = () => {}
  const cases: [string, object, string][] = [
    ['none', {}, 'no function'],
    ['a value', { begin: 1 }, 'no function'],
    ['an inherited method', Object.create({ begin }), 'no function'],
    ['a getter', Object.defineProperty({}, 'begin', { get: () => begin, configurable: true }), 'accessor'],
    ['a setter', Object.defineProperty({}, 'begin', { set: () => {}, configurable: true }), 'accessor'],
    ['one of a frozen object', Object.freeze({ begin }), 'frozen'],
    ['one whose object has a trap', new Proxy({ begin }, { defineProperty: () => false }), 'defended'],
    [
      'one whose trap throws',
      new Proxy(
        { begin },
        {
          defineProperty: () => {
            throw new Error('mine')
          },
        },
      ),
      'defended',
    ],
  ]

  it.each(cases)('%s', (_, holder, refused) => {
    expect(wrapProperty(holder, 'begin', noting)).toEqual({ undo: null, refused })
  })

  it('one that is wrapped already', () => {
    const engine = { begin }
    wrapProperty(engine, 'begin', noting)
    expect(wrapProperty(engine, 'begin', noting)).toEqual({ undo: null, refused: 'wrapped already' })
  })

  it.skipIf(Symbol.dispose === undefined)('a generator that disposes: V8 would not call its wrapper', () => {
    const engine = { *[Symbol.dispose]() {} }
    expect(wrapAs(engine, Symbol.dispose, noting, null)).toBe('defended')
  })
})

/** Methods as those of a class are wrapped, without the transform. */
function wrapped<T extends object>(name: string, prototype: T): T {
  wrapMethods(prototype, name, known)
  return prototype
}

function tracked<T extends object>(name: string, prototype: T): T {
  const engine = Object.create(prototype) as T
  recordEngine(engine, { name, origin: 'explicit' })
  return engine
}

describe('what could not be wrapped of a class', () => {
  it('is in the report: all of a frozen one', () => {
    wrapped('FrozenFeed', Object.freeze({ start() {}, stop() {} }))
    expect([...notCovered()]).toContain('FrozenFeed: its methods are frozen')
  })

  it('is in the report: the one verb of a kind that an accessor gives', () => {
    wrapped('LazyFeed', {
      start() {},
      get stop() {
        return () => {}
      },
    })
    expect([...notCovered()]).toContain('LazyFeed: calls of its `stop` are not seen, as it is an accessor')
  })

  it('is not, where an accessor by the name of a verb tells a state', () => {
    wrapped('OpenFeed', {
      start() {},
      stop() {},
      get open() {
        return true
      },
    })
    wrapped('Line', {
      get start() {
        return 1
      },
      get end() {
        return 2
      },
    })
    expect([...notCovered()].filter((line) => /^(?:OpenFeed|Line):/.test(line))).toEqual([])
  })

  it('is no stop by which an engine is recognised', () => {
    const prototype = { start() {}, stop() {} }
    const { stop } = prototype
    Object.defineProperty(prototype, 'stop', { configurable: false, writable: false })
    wrapped('HalfFrozen', prototype)
    expect(state.unseenStops.has(stop)).toBe(true)
  })
})

describe('a method that is wrapped already', () => {
  it('means something else for one instance', () => {
    const prototype = wrapped('Job', { run() {}, begin() {}, finish() {}, close() {} })
    const job = tracked('job', prototype)
    const usual = tracked('usual', prototype)
    nameVerbs(engineOf(job) as never, { start: 'begin', stop: 'finish' })
    const states = (): unknown[] => [engineOf(job)?.state, engineOf(usual)?.state]

    for (const each of [job, usual]) each.run()
    expect(states()).toEqual(['created', 'running'])
    for (const each of [job, usual]) each.begin()
    expect(states()).toEqual(['running', 'running'])
    for (const each of [job, usual]) each.close()
    expect(states()).toEqual(['running', 'stopped'])
    for (const each of [job, usual]) each.finish()
    expect(states()).toEqual(['stopped', 'stopped'])
    expect(engineOf(job)).toMatchObject({ start: 'begin', stop: 'finish', starts: 1 })
  })

  it('does so on a frozen instance, which gets no property of its own', () => {
    const pump = tracked('pump', wrapped('Pump', { start() {}, release() {} }))
    nameVerbs(engineOf(pump) as never, { start: null, stop: 'release' })
    Object.freeze(pump)
    pump.start()
    pump.release()
    expect(engineOf(pump)?.state).toBe('stopped')
  })

  it('may be the start of one instance and the stop of another', () => {
    const prototype = wrapped('Switch', { flip() {}, close() {}, start() {} })
    const [on, off] = [tracked('on', prototype), tracked('off', prototype)]
    nameVerbs(engineOf(on) as never, { start: 'flip', stop: null })
    nameVerbs(engineOf(off) as never, { start: 'close', stop: 'flip' })
    on.flip()
    off.close()
    expect([engineOf(on)?.state, engineOf(off)?.state]).toEqual(['running', 'running'])
    on.close()
    off.flip()
    expect([engineOf(on)?.state, engineOf(off)?.state]).toEqual(['stopped', 'stopped'])
  })

  it.skipIf(Symbol.dispose === undefined)('ends by its dispose method, too, where its stop is named', () => {
    const pump = tracked('pump', wrapped('Pump', { start() {}, release() {}, [Symbol.dispose]() {} }))
    nameVerbs(engineOf(pump) as never, { start: null, stop: 'release' })
    pump.start()
    pump[Symbol.dispose]()
    expect(engineOf(pump)?.state).toBe('stopped')
  })
})
