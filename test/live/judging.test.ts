import { describe, expect, it } from 'vitest'
import { atOnce } from '../../src/core/time/steps.ts'
import { judgeAfterGrace, judging } from '../../src/live/judging.ts'
import { counting, orphan, settingsWith } from './sample-stock.ts'

const settings = settingsWith()

describe('judging', () => {
  it('takes stock once, and gives it with what is wrong', () => {
    const handles = [orphan(), orphan()]
    const stock = counting(handles)
    const judged = atOnce(judging({ trigger: 'assert' }, settings, stock.takeStock))
    expect(stock.taken).toBe(1)
    expect(judged.stock.handles).toEqual(handles)
    expect(judged.faults).toMatchObject([
      { kind: 'orphan', severity: 'leak', handles: [handles[0]] },
      { kind: 'orphan', severity: 'leak', handles: [handles[1]] },
    ])
  })

  it('leaves out faults that do not count, and not what is alive', () => {
    const handles = [orphan(), orphan()]
    const counts = (fault: { handles: unknown[] }) => fault.handles[0] === handles[1]
    const judged = atOnce(judging({ trigger: 'assert', counts }, settings, counting(handles).takeStock))
    expect(judged.stock.handles).toHaveLength(2)
    expect(judged.faults.map((fault) => fault.handles[0])).toEqual([handles[1]])
  })

  it('calls what is live a warning, as the program runs on', () => {
    const { takeStock } = counting([orphan()])
    expect(atOnce(judging({ trigger: 'call' }, settings, takeStock)).faults).toMatchObject([
      { severity: 'warning' },
    ])
  })
})

describe('judging after the grace time', () => {
  const judgeIn = async (graceMs: number, handles: ReturnType<typeof orphan>[]) => {
    const stock = counting(handles)
    const steps = () => judging({ trigger: 'assert' }, settings, stock.takeStock)
    return { judged: await judgeAfterGrace(steps, graceMs, true), stock }
  }

  it('judges once where nothing leaks', async () => {
    const { judged, stock } = await judgeIn(1000, [])
    expect([judged.faults, stock.taken]).toEqual([[], 1])
  })

  it('judges once where there is no time', async () => {
    const { judged, stock } = await judgeIn(0, [orphan()])
    expect([judged.faults.length, stock.taken]).toEqual([1, 1])
  })

  it('ends as soon as what was closing has closed', async () => {
    const closing = orphan()
    setTimeout(() => {
      closing.resource.isOpen = false
    }, 5)
    const { judged, stock } = await judgeIn(60_000, [closing])
    expect(judged.faults).toEqual([])
    expect(stock.taken).toBeGreaterThan(1)
  })

  it('blames what is still there at the end', async () => {
    const { judged, stock } = await judgeIn(30, [orphan()])
    expect(judged.faults).toHaveLength(1)
    expect(stock.taken).toBeGreaterThan(1)
  })
})
