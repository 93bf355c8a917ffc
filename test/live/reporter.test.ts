import { describe, expect, it } from 'vitest'
import { inSlices } from '../../src/core/time/steps.ts'
import { type Occasion, Reporter } from '../../src/live/reporter.ts'
import { counting, orphan, settingsWith } from './sample-stock.ts'

const program = { main: null, isLate: false }
const occasion: Occasion = { trigger: 'assert' }

function reporterOf(handles: ReturnType<typeof orphan>[], settings = settingsWith()) {
  const stock = counting(handles)
  return { stock, reporter: new Reporter(settings, program, stock.takeStock) }
}

describe('a report', () => {
  it.each([
    ['made', (reporter: Reporter) => reporter.make(occasion)],
    ['made where there is any', (reporter: Reporter) => reporter.makeIfAny(occasion, true)],
    ['made after the grace time', (reporter: Reporter) => reporter.makeAfterGrace(occasion)],
  ])('%s takes stock once', async (_, make) => {
    const { reporter, stock } = reporterOf([orphan()])
    expect((await make(reporter))?.findings).toHaveLength(1)
    expect(stock.taken).toBe(1)
  })

  it('is composed of what was judged, however often: no stock is taken', async () => {
    const { reporter, stock } = reporterOf([orphan()])
    const judged = await reporter.judgeAfterGrace(occasion, true)
    expect(reporter.compose(judged, occasion, true).findings).toHaveLength(1)
    expect((await inSlices(reporter.composing(judged, occasion), true)).findings).toHaveLength(1)
    expect(stock.taken).toBe(1)
  })

  it('has what checks found for as long as somebody asks', async () => {
    const { reporter } = reporterOf([])
    await reporter.check()
    expect(reporter.leaksOfChecks()).toBeNull()
    const [dismiss, dismissOther] = [reporter.askForLeaks(), reporter.askForLeaks()]
    expect(reporter.leaksOfChecks()).toBeNull()
    await reporter.check()
    expect(reporter.leaksOfChecks()).toEqual([])
    dismiss()
    dismiss()
    expect(reporter.leaksOfChecks()).toEqual([])
    dismissOther()
    expect(reporter.leaksOfChecks()).toBeNull()
  })

  it('is none where nothing is wrong, or where only warnings are and nobody wants them', () => {
    const call: Occasion = { trigger: 'call' }
    expect(reporterOf([]).reporter.makeIfAny(occasion, false)).toBe(null)
    const { reporter } = reporterOf([orphan()])
    expect(reporter.makeIfAny(call, true)).toBe(null)
    expect(reporter.makeIfAny(call, false)?.summary).toMatchObject({ leaks: 0, warnings: 1 })
  })

  it('is none where rules ignore all that is wrong', () => {
    const ignore = [{ type: 'TESTWRAP', reason: 'it is meant to stay' }]
    expect(reporterOf([orphan()], settingsWith({ ignore })).reporter.makeIfAny(occasion, false)).toBe(null)
  })
})
