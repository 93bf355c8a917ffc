import { describe, expect, it } from 'vitest'
import type { EngineRecord } from '../../../src/core/records/engine-record.ts'
import { namesAnother, namesPart, noteStartedWith } from '../../../src/detect/lifecycle/parts.ts'

class Connection {}
class Refused extends Error {}

describe('an argument that names a part', () => {
  it.each([['news'], [4001], [7n], [Symbol('room')], [new Connection()], [['news', 'weather']]])(
    'is %s',
    (given) => {
      expect(namesPart(given)).toBe(true)
    },
  )

  it.each([
    [undefined],
    [null],
    [true],
    ['SIGTERM'],
    [() => {}],
    [{ force: true }],
    [new Refused()],
    [AbortSignal.abort()],
    [new Event('end')],
    [[]],
    [new Proxy(new Connection(), {})],
  ])('is not %s', (given) => {
    expect(namesPart(given)).toBe(false)
  })
})

describe('a further start', () => {
  const startedWith = (given: unknown): EngineRecord => {
    const record = {} as EngineRecord
    noteStartedWith(record, given)
    return record
  }

  it('names another part', () => {
    const connection = new Connection()
    expect(namesAnother(startedWith(4001), 4002)).toBe(true)
    expect(namesAnother(startedWith(connection), new Connection())).toBe(true)
    expect(namesAnother(startedWith(undefined), 'news')).toBe(true)
  })

  it('is none where it names the same, or nothing', () => {
    const connection = new Connection()
    expect(namesAnother(startedWith(4001), 4001)).toBe(false)
    expect(namesAnother(startedWith(connection), connection)).toBe(false)
    expect(namesAnother(startedWith(4001), undefined)).toBe(false)
  })
})
