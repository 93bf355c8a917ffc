import { describe, expect, it, vi } from 'vitest'
import type { TestScope } from '../../../src/core/records/test-scope.ts'
import { Reporter } from '../../../src/live/reporter.ts'
import { TestSession } from '../../../src/runners/session/session.ts'
import { counting, orphan, scope, settingsWith } from '../../live/sample-stock.ts'

const program = { main: null, isLate: false }

function sessionOver(handles: ReturnType<typeof orphan>[], settings = settingsWith()) {
  const stock = counting(handles)
  const reporter = new Reporter(settings, program, stock.takeStock)
  return { stock, reporter, session: new TestSession(reporter, settings) }
}

const all = () => true

describe('a judgement of a test run', () => {
  it('takes stock once, whatever the number of tests that leak', async () => {
    const scopes = Array.from({ length: 20 }, (_, index) => scope(`test ${index}`))
    const { session, stock } = sessionOver(scopes.flatMap((each) => [orphan(each), orphan(each)]))
    const leaks = await session.judge(all)
    expect(stock.taken).toBe(1)
    expect(leaks.map(({ test }) => test?.name)).toEqual(scopes.map(({ name }) => name))
    expect(leaks[0]?.message).toMatch(/^2 test\.Handle of .* are still there/)
  })

  it('counts what its caller counts alone', async () => {
    const mine = scope('mine')
    const { session } = sessionOver([orphan(mine), orphan(scope('another'))])
    const leaks = await session.judge((from) => from === mine)
    expect(leaks.map(({ test }) => test?.name)).toEqual(['mine'])
  })

  it('delivers a report for each test, and tells listeners of it alone', async () => {
    const { session, reporter } = sessionOver([orphan(scope('one')), orphan(scope('two'))])
    const deliver = vi.spyOn(reporter, 'deliver')
    await session.judge(all)
    expect(deliver.mock.calls.map(([{ findings }, isPrinted]) => [findings.length, isPrinted])).toEqual([
      [1, false],
      [1, false],
    ])
  })

  it('waits for what is closing: it is no leak', async () => {
    const closing = orphan(scope('one'))
    const { session, stock } = sessionOver([closing], settingsWith({ graceMs: 60_000 }))
    setTimeout(() => {
      closing.resource.isOpen = false
    }, 5)
    expect(await session.judge(all)).toEqual([])
    expect(stock.taken).toBeGreaterThan(1)
  })

  it('is nothing where a rule accepts the leak', async () => {
    const ignore = [{ type: 'test.Handle', reason: 'it is meant to stay' }]
    const { session } = sessionOver([orphan(scope('one'))], settingsWith({ ignore }))
    expect(await session.judge(all)).toEqual([])
  })
})

describe('what holds a run that has ended', () => {
  it('is nothing that leakwatch saw', () => {
    const { isUnseen, isReported, others } = sessionOver([]).session.whatHolds()
    expect([isUnseen, isReported, others()]).toEqual([true, false, null])
  })

  it('are leaks that were reported', async () => {
    const { session } = sessionOver([orphan(scope('one'))])
    await session.judge(all)
    const { isUnseen, isReported, others } = session.whatHolds()
    expect([isUnseen, isReported, others()]).toEqual([false, true, null])
  })

  it('is what a test allowed, too', () => {
    const allowed: TestScope = { ...scope('one'), allowed: 'it may stay' }
    const { session } = sessionOver([orphan(allowed)])
    expect(session.whatHolds().isReported).toBe(true)
  })

  it('is something else: its report is made of the same judgement', async () => {
    const { session, stock } = sessionOver([orphan(scope('one')), orphan()])
    await session.judge((from) => from !== null)
    const before = stock.taken
    const { isReported, others } = session.whatHolds()
    expect(isReported).toBe(false)
    expect(others()?.findings).toMatchObject([{ test: null, count: 1 }])
    expect(stock.taken).toBe(before + 1)
  })
})

describe('the running code', () => {
  it('belongs to the test that runs it, across awaits, else to the file', async () => {
    const { session } = sessionOver([])
    const test = scope('one')
    session.beginFile('/shop/test/a.test.js')
    expect([session.scope, session.file]).toEqual([null, '/shop/test/a.test.js'])
    await session.run(test, async () => {
      await null
      expect(session.scope).toBe(test)
    })
    expect(session.scope).toBe(null)
  })

  it('of a bound function belongs to its test, and the function looks as before', () => {
    const { session } = sessionOver([])
    const test = scope('one')
    const body = Object.assign((_done: () => void) => session.scope, { timeout: 5 })
    const bound = session.bind(test, body)
    expect([bound.call({}), bound.length, bound]).toEqual([test, 1, expect.objectContaining({ timeout: 5 })])
  })
})
