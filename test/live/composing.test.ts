import { describe, expect, it } from 'vitest'
import { atOnce } from '../../src/core/time/steps.ts'
import { composing } from '../../src/live/composing.ts'
import { judging, type Occasion } from '../../src/live/judging.ts'
import { counting, orphan, settingsWith } from './sample-stock.ts'

const program = { main: '/shop/app.js', isLate: false }
const rule = { type: 'test.Handle', reason: 'it is meant to stay' }

function judge(occasion: Occasion, handles: ReturnType<typeof orphan>[]) {
  return atOnce(judging(occasion, settingsWith(), counting(handles).takeStock))
}

function compose(
  occasion: Occasion,
  { handles = [orphan()], settings = settingsWith(), isRevised = false, isLate = false } = {},
) {
  return atOnce(composing(judge(occasion, handles), occasion, { ...program, isLate }, settings, isRevised))
}

describe('composing', () => {
  it('makes a report of what was judged, which survives JSON', () => {
    const report = compose({ trigger: 'assert', exitCode: 3, signal: 'SIGTERM' })
    expect(report).toMatchObject({
      schema: 'leakwatch/1',
      trigger: 'assert',
      process: { main: '/shop/app.js', exitCode: 3, signal: 'SIGTERM' },
      summary: { leaks: 1, warnings: 0, handles: { live: 1, referenced: 1 } },
      findings: [{ kind: 'orphan', severity: 'leak', count: 1, holdsProcess: true }],
      handles: [{ type: 'TESTWRAP', name: 'test.Handle', engine: null }],
    })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('leaves out what a rule of the settings or of the occasion ignores', () => {
    const settings = settingsWith({ ignore: [rule] })
    expect(compose({ trigger: 'assert' }, { settings }).findings).toEqual([])
    expect(compose({ trigger: 'assert', ignore: [rule] }).findings).toEqual([])
    expect(compose({ trigger: 'assert', isUnruled: true }, { settings }).findings).toHaveLength(1)
  })

  it('tells of a late import', () => {
    expect(compose({ trigger: 'call' }).self.notCovered).toEqual([])
    expect(compose({ trigger: 'call' }, { isLate: true }).self.notCovered).toEqual([
      expect.stringContaining('before leakwatch was imported'),
    ])
  })

  it('leaves out what has closed since it was judged', () => {
    const occasion: Occasion = { trigger: 'assert' }
    const handles = [orphan(), orphan()]
    const judged = judge(occasion, handles)
    const [closed, open] = handles as [ReturnType<typeof orphan>, ReturnType<typeof orphan>]
    closed.resource.isOpen = false
    const reportOf = (isRevised: boolean) =>
      atOnce(composing(judged, occasion, program, settingsWith(), isRevised))
    const ids = [closed, open].map(({ live }) => `h${live.record.id}`)
    expect(reportOf(true).findings).toMatchObject([{ count: 1, handles: [ids[1]] }])
    expect(reportOf(false).findings).toMatchObject([{ count: 2, handles: ids }])
    open.resource.isOpen = false
    expect(reportOf(true)).toMatchObject({ findings: [], handles: [], summary: { leaks: 0 } })
  })
})
