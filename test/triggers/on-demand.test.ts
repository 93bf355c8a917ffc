import { describe, expect, it, vi } from 'vitest'
import { Reporter } from '../../src/live/reporter.ts'
import type { Presence } from '../../src/processes/presence/presence.ts'
import type { Member } from '../../src/processes/tree/member.ts'
import { demand, finishDemands, isAnswered } from '../../src/triggers/on-demand.ts'
import { counting, orphan, settingsWith } from '../live/sample-stock.ts'

function reporterOver(handles: ReturnType<typeof orphan>[]) {
  const stock = counting(handles)
  const reporter = new Reporter(settingsWith(), { main: null, isLate: false }, stock.takeStock)
  return { stock, reporter, delivering: vi.spyOn(reporter, 'delivering') }
}

describe('a report on demand', () => {
  it('is delivered once it is made, of one judgement', async () => {
    const { reporter, stock, delivering } = reporterOver([orphan()])
    demand(reporter, 'SIGUSR2')
    await vi.waitFor(() => expect(delivering).toHaveBeenCalledTimes(1))
    expect(delivering.mock.calls[0]?.[0]).toMatchObject({
      trigger: 'signal',
      process: { signal: 'SIGUSR2' },
      findings: [{ severity: 'warning' }],
    })
    expect(stock.taken).toBe(1)
  })

  it('is delivered at once, and once, where the process ends before it is made', async () => {
    const { reporter, delivering } = reporterOver([orphan()])
    demand(reporter, 'SIGUSR2')
    finishDemands()
    expect(delivering).toHaveBeenCalledTimes(1)
    finishDemands()
    expect(delivering).toHaveBeenCalledTimes(1)
  })
})

describe('a signal', () => {
  const { reporter } = reporterOver([orphan()])

  it('is the program’s where nobody else asks', () => {
    const presence = { claim: () => null } as unknown as Presence
    expect(isAnswered(() => reporter, presence, null)).toBe(false)
    expect(isAnswered(() => reporter, null, { isReportRequested: () => false } as unknown as Member)).toBe(
      false,
    )
  })

  it('of those who look on has no report made: they are told what runs, and checks look for leaks meanwhile', async () => {
    const { reporter, stock } = reporterOver([orphan()])
    let text = ''
    let over = () => {}
    const presence = {
      claim: () => ['a.view.request'],
      async show(view: string, tell: () => Promise<string>, end: () => void) {
        over = end
        text = `${view} ${await tell()}`
      },
    } as unknown as Presence
    const asking = vi.spyOn(reporter, 'askForLeaks')
    expect(isAnswered(() => reporter, presence, null)).toBe(true)
    await vi.waitFor(() =>
      expect(text).toMatch(/^a\.view\.request \{"schema":"leakwatch-counts\/1",.*"leaks":null\}\n$/),
    )
    expect(asking).toHaveBeenCalledTimes(1)
    expect(stock.taken).toBe(0)
    over()
  })

  it('of the command line is answered to those who asked alone', async () => {
    const answers: unknown[] = []
    const presence = {
      claim: () => ['a', 'b'],
      // biome-ignore lint/correctness/useYield: it is answered at once
      *answering(requests: string[], { trigger }: { trigger: string }) {
        answers.push([requests, trigger])
      },
    } as unknown as Presence
    expect(isAnswered(() => reporter, presence, null)).toBe(true)
    await vi.waitFor(() => expect(answers).toEqual([[['a', 'b'], 'signal']]))
  })

  it('of a run that is about to end the process is answered with what holds it', async () => {
    const told: unknown[] = []
    const member = {
      isReportRequested: () => true,
      sendReport: ({ trigger, summary }: { trigger: string; summary: { leaks: number } }) => {
        told.push([trigger, summary.leaks])
        return true
      },
    } as unknown as Member
    expect(isAnswered(() => reporter, null, member)).toBe(true)
    await vi.waitFor(() => expect(told).toEqual([['stall', 1]]))
  })
})
