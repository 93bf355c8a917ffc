import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Api, makeApi } from '../../src/api/api.ts'
import type { Occasion, Reporter } from '../../src/live/reporter.ts'

const occasions: Occasion[] = []

/** Notes what it is asked, and has nothing to report. */
const reporter = {
  isAsserted: false,
  makeAfterGrace: async (occasion: Occasion) => void occasions.push(occasion),
  judgeAfterGrace: async (occasion: Occasion) => {
    occasions.push(occasion)
    return { stock: { engines: [], handles: [] }, faults: [] }
  },
} as unknown as Reporter

const api = makeApi(reporter)
/** As programs without types call it. */
const untyped = api as unknown as Record<keyof Api, (...args: unknown[]) => unknown>
const rule = { engine: 'Cache', reason: 'lives as long as the process' }

describe('`report` and `assertNoLeaks`', () => {
  it('take what the settings take', async () => {
    await api.report({ graceMs: 5, ignore: [rule] })
    await untyped.assertNoLeaks({
      graceMs: '5',
      ignore: JSON.stringify([rule]),
      strict: true,
      since: undefined,
    })
    expect(occasions.splice(0)).toEqual([
      { trigger: 'call', graceMs: 5, ignore: [rule] },
      { trigger: 'assert', graceMs: 5, ignore: [rule] },
    ])
  })

  it('leave the live checks of a program that goes on', async () => {
    await api.assertNoLeaks()
    expect(reporter.isAsserted).toBe(false)
  })
})

/** Each with the message that it throws, or rejects with. */
const misuses: [attempt: () => unknown, message: string][] = [
  [
    () => untyped.assertNoLeaks({ ignore: [rule, { engin: 'Other', reason: 'x' }] }),
    "LEAKWATCH_IGNORE_INVALID: expected `ignore` to be a JSON array of rules `{ kind?, engine?, type?, file?, package?, id?, reason }`, each with a `reason` and at least one other key, and a known `kind`; got `{ engin: 'Other', reason: 'x' }`",
  ],
  [() => untyped.report({ ignore: [{ engine: 'Other' }] }), 'LEAKWATCH_IGNORE_INVALID'],
  [() => untyped.report({ ignore: [{ reason: 'no key' }] }), 'LEAKWATCH_IGNORE_INVALID'],
  [() => untyped.report({ ignore: [{ kind: 'leaky', reason: 'no such kind' }] }), 'LEAKWATCH_IGNORE_INVALID'],
  [() => untyped.report({ ignore: [{ engine: undefined, reason: 'x' }] }), 'LEAKWATCH_IGNORE_INVALID'],
  [() => untyped.report({ ignore: rule }), 'LEAKWATCH_IGNORE_INVALID'],
  [
    () => untyped.assertNoLeaks({ graceMs: Number.NaN }),
    'LEAKWATCH_GRACE_MS_INVALID: expected `graceMs` to be a number of milliseconds from 0 to 2147483647; got `NaN`',
  ],
  [() => untyped.report({ graceMs: -1 }), 'LEAKWATCH_GRACE_MS_INVALID'],
  [() => untyped.report({ graceMs: Number.POSITIVE_INFINITY }), 'LEAKWATCH_GRACE_MS_INVALID'],
  [() => untyped.report({ graceMs: null }), 'LEAKWATCH_GRACE_MS_INVALID'],
  [
    () => untyped.assertNoLeaks({ strict: 'yes' }),
    'LEAKWATCH_STRICT_INVALID: expected `strict` to be `true` or `false`; got `yes`',
  ],
  [
    () => untyped.assertNoLeaks({ since: { engines: [] } }),
    'LEAKWATCH_SINCE: expected `since` to be what `snapshot()` gave; got something else',
  ],
  [
    () => untyped.report({ grace: 5 }),
    'LEAKWATCH_OPTION_UNKNOWN: expected the options to be among `graceMs`, `ignore`; got `grace`. Did you mean `graceMs`?',
  ],
  [() => untyped.report({ trigger: 'exit' }), 'LEAKWATCH_OPTION_UNKNOWN'],
  [() => untyped.assertNoLeaks(() => {}), 'LEAKWATCH_OPTIONS: expected an object of options; got function'],
  [() => untyped.assertNoLeaks(null), 'LEAKWATCH_OPTIONS: expected an object of options; got null'],
  [
    () => untyped.ignore({}, '  '),
    'LEAKWATCH_IGNORE_REASON: expected a reason why it is meant to stay; got string',
  ],
  [
    () => untyped.ignore('timer', 'it stays'),
    'LEAKWATCH_IGNORE_TARGET: expected an engine or a handle that is meant to stay; got string',
  ],
  [
    () => untyped.allowLeak(),
    'LEAKWATCH_ALLOW_REASON: expected a reason why what this test starts may stay; got undefined',
  ],
  [
    () => untyped.on('end', () => {}),
    'LEAKWATCH_ON_EVENT: expected one of `started`, `stopped`, `finding`; got `end`',
  ],
  [() => untyped.on('finding', {}), 'LEAKWATCH_ON_LISTENER: expected a function to call; got object'],
  [() => untyped.openEngine(), 'LEAKWATCH_ENGINE_NAME: expected a name for the engine; got undefined'],
  [() => untyped.track(null), 'LEAKWATCH_TRACK_TARGET: expected an object to track; got null'],
  [
    () => untyped.lease({}, null),
    'LEAKWATCH_LEASE_TARGET: expected an object, and what was taken from it; got null',
  ],
  [
    () => untyped.lease({}, {}, { name: 'seat' }),
    'LEAKWATCH_LEASE_VERB: expected seat to have a method `release`; got none. Name the one that gives it back with `{ giveBack }`.',
  ],
  [
    () => untyped.track({}),
    'LEAKWATCH_TRACK_VERB: expected engine to have a method `stop`; got none. Name it with `{ start, stop }`.',
  ],
]

describe('what is passed in wrongly is a TypeError with a code', () => {
  it.each(misuses)('%s: %s', async (attempt, message) => {
    const error: unknown = await Promise.resolve()
      .then(attempt)
      .catch((error) => error)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: message.split(':')[0], message: expect.stringContaining(message) })
  })

  it('each code of the API is tried here', () => {
    const folder = new URL('../../src/api/', import.meta.url)
    const texts = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
    const codes = texts.flatMap((text) => [...text.matchAll(/\.(LEAKWATCH_\w+)/g)].map(([, code]) => code))
    const tried = new Set(misuses.map(([, message]) => message.split(':')[0]))
    expect([...tried].sort()).toEqual([...new Set(codes)].sort())
  })

  it('nothing is asked of the reporter', () => {
    expect(occasions.splice(0)).toEqual([{ trigger: 'assert' }])
  })
})
