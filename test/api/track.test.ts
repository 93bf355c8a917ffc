import { beforeEach, describe, expect, it } from 'vitest'
import { openEngine, track } from '../../src/api/track.ts'
import { engineOf } from '../../src/core/engines/objects.ts'
import { notCovered } from '../../src/core/self/faults.ts'
import { known } from '../../src/detect/lifecycle/around.ts'
import { wrapMethods } from '../../src/detect/lifecycle/methods.ts'
import * as room from '../../src/detect/lifecycle/state.ts'
import { beginAnew } from '../begin-anew.ts'

beforeEach(() => beginAnew(room))

/** As the methods of the program's own classes are. */
function wrapped<T extends object>(name: string, prototype: T): T {
  wrapMethods(prototype, name, known)
  return prototype
}

const stateOf = (target: object): string | undefined => engineOf(target)?.state

describe('a tracked object', () => {
  it('is given back, and followed by the verbs that it has', () => {
    const target = { open() {}, quit() {} }
    const engine = track(target, { name: 'queue' })
    expect(engine).toBe(target)
    expect(stateOf(engine)).toBe('created')
    engine.open()
    expect(stateOf(engine)).toBe('running')
    engine.quit()
    expect(engineOf(engine)).toMatchObject({ state: 'stopped', name: 'queue', start: 'open', stop: 'quit' })
  })

  it('counts as started where it has no start', () => {
    const engine = track({ quit() {} })
    expect(stateOf(engine)).toBe('running')
    engine.quit()
    expect(stateOf(engine)).toBe('stopped')
  })

  it('is followed by the verbs that are named, whatever else its class has', () => {
    const pump = track(Object.create(wrapped('Pump', { start() {}, release() {} })), { stop: 'release' })
    pump.start()
    pump.release()
    expect(stateOf(pump)).toBe('stopped')

    const prototype = wrapped('Job', { begin() {}, finish() {}, run() {}, close() {} })
    const job = track(Object.create(prototype), { start: 'begin', stop: 'finish' })
    job.run()
    expect(stateOf(job)).toBe('created')
    job.begin()
    job.close()
    expect(stateOf(job)).toBe('running')
    job.finish()
    expect(stateOf(job)).toBe('stopped')
  })

  it('has no property more where the methods of its class are wrapped', () => {
    const prototype = wrapped('Feed', { start() {}, stop() {}, release() {} })
    const feeds = [track(Object.create(prototype)), track(Object.create(prototype), { stop: 'release' })]
    expect(feeds.map(Reflect.ownKeys)).toEqual([[], []])
  })

  it('may be frozen where the methods of its class are wrapped', () => {
    const feed = track(Object.freeze(Object.create(wrapped('Feed', { start() {}, stop() {} }))))
    feed.start()
    feed.stop()
    expect(stateOf(feed)).toBe('stopped')
  })

  it('is followed by what it was tracked by last', () => {
    const job = Object.create(wrapped('Job', { start() {}, finish() {}, close() {} }))
    track(job, { stop: 'finish' })
    track(job)
    job.start()
    job.finish()
    expect(stateOf(job)).toBe('running')
    job.close()
    expect(stateOf(job)).toBe('stopped')
  })
})

describe('an object whose stop cannot be seen is not accused, and the report says so', () => {
  it('as it is frozen', () => {
    const lease = track(Object.freeze({ release() {} }), { name: 'frozen lease', stop: 'release' })
    expect(engineOf(lease)).toBeUndefined()
    expect([...notCovered()]).toContain('frozen lease: calls of its `release` are not seen, as it is frozen')
  })

  it('as it takes no property of its own', () => {
    const lease = track(Object.preventExtensions(Object.create({ release() {} })), {
      name: 'sealed lease',
      stop: 'release',
    })
    expect(engineOf(lease)).toBeUndefined()
    expect([...notCovered()]).toContain('sealed lease: calls of its `release` are not seen, as it is frozen')
  })

  it('as an accessor gives it: what it gives next may be another', () => {
    const prototype = {
      get release() {
        return () => {}
      },
    }
    const lease = track(Object.create(prototype), { name: 'lazy lease', stop: 'release' })
    expect(engineOf(lease)).toBeUndefined()
    expect(Reflect.ownKeys(lease)).toEqual([])
    expect([...notCovered()]).toContain(
      'lazy lease: calls of its `release` are not seen, as it is an accessor',
    )
  })

  it('and one whose start cannot be seen is never started', () => {
    const target = {
      get begin() {
        return () => {}
      },
      finish() {},
    }
    const job = track(target, { name: 'lazy job', start: 'begin', stop: 'finish' })
    job.begin()
    expect(stateOf(job)).toBe('created')
    expect([...notCovered()]).toContain('lazy job: calls of its `begin` are not seen, as it is an accessor')
  })
})

describe('what `track` and `openEngine` do not take', () => {
  const unchecked = track as (target: unknown, options?: unknown) => unknown
  it.each([
    ['LEAKWATCH_TRACK_TARGET: expected an object to track; got null', () => unchecked(null)],
    ['LEAKWATCH_TRACK_TARGET: expected an object to track; got number', () => unchecked(1)],
    ['LEAKWATCH_TRACK_VERB: expected engine to have a method `stop`', () => unchecked({})],
    [
      'LEAKWATCH_TRACK_VERB: expected job to have a method `end`',
      () => unchecked({}, { name: 'job', stop: 'end' }),
    ],
    [
      'LEAKWATCH_TRACK_VERB: expected engine to have a method `go`',
      () => unchecked({ stop() {} }, { start: 'go' }),
    ],
    [
      'LEAKWATCH_ENGINE_NAME: expected a name for the engine; got number',
      () => unchecked({ stop() {} }, { name: 1 }),
    ],
    [
      'LEAKWATCH_OPTION_UNKNOWN: expected the options to be among `name`, `start`, `stop`; got `stopp`. Did you mean `stop`?',
      () => unchecked({ stop() {} }, { stopp: 'stop' }),
    ],
    ['LEAKWATCH_OPTIONS: expected an object of options; got string', () => unchecked({ stop() {} }, 'stop')],
    ['LEAKWATCH_ENGINE_NAME: expected a name for the engine; got an empty string', () => openEngine('')],
  ])('%s', (message, attempt) => {
    expect(attempt).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        message: expect.stringContaining(message),
        code: message.split(':')[0],
      }),
    )
  })
})
