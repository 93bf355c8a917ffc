import { describe, expect, it } from 'vitest'
import { gathering } from '../../../src/report/model/gather.ts'
import type { Finding, Process, Report } from '../../../src/report/schema/report.ts'
import { reportShape } from '../../../src/report/schema/report-shape.ts'
import { sampleFinding, sampleReport } from '../sample.ts'

/** `minute` after the hour; the process is that of a pod, in which all have the pid 1. */
function reportOf(
  { host = 'pod-1', minute = 0, ...process }: Partial<Process> & { host?: string; minute?: number },
  findings: Partial<Finding>[],
  parts: Partial<Report> = {},
): Report {
  const sample = sampleReport()
  return sampleReport({
    at: `2026-01-02T03:${String(minute).padStart(2, '0')}:00.000Z`,
    process: { ...sample.process, pid: 1, hostname: host, ...process },
    findings: findings.map(sampleFinding),
    ...parts,
  })
}

function gathered(reports: readonly Report[]): Report {
  const all = gathering()
  for (const report of reports) all.add(report)
  return all.report() as Report
}

describe('reports gathered from many', () => {
  const fleet = [
    reportOf({ host: 'pod-1', minute: 1, version: '1.0.0' }, [{ count: 2 }]),
    reportOf({ host: 'pod-2', minute: 2, version: '1.1.0' }, [{ count: 5 }]),
    reportOf({ host: 'pod-1', minute: 9, version: '1.0.0' }, [{ count: 3 }]),
    reportOf({ host: 'pod-3', minute: 3, service: 'cart' }, [{ id: 'other', severity: 'warning' }]),
  ]

  it('have each bug once, with when, where and how much of it there was and is, in whatever order', () => {
    for (const reports of [fleet, fleet.toReversed()]) {
      const { findings, summary } = gathered(reports)
      expect(findings.map(({ id, count }) => [id, count])).toEqual([
        ['abcdef012345', 8],
        ['other', 1],
      ])
      expect(summary).toMatchObject({ leaks: 1, warnings: 1 })
      expect(findings[0]?.seen).toMatchObject({
        first: '2026-01-02T03:01:00.000Z',
        last: '2026-01-02T03:09:00.000Z',
        reports: 3,
        processes: 2,
        now: { processes: 2, count: 8 },
        isEstimate: false,
        services: ['shop'],
        builds: ['shop 1.0.0', 'shop 1.1.0'],
        most: [
          { at: '2026-01-02T03:01:00.000Z', count: 2 },
          { at: '2026-01-02T03:02:00.000Z', count: 5 },
          { at: '2026-01-02T03:09:00.000Z', count: 3 },
        ],
      })
      expect(findings[0]?.seen?.process.hostname).toBe('pod-2')
      expect(findings[0]?.message).toMatch(/never stopped; the same in 1 more process$/)
    }
  })

  it('say what they were gathered from, and are a report: each id leads somewhere', () => {
    const report = gathered(fleet)
    expect(reportShape(JSON.parse(JSON.stringify(report)), '')).toBeNull()
    expect(report.gathered).toEqual({
      reports: 4,
      from: '2026-01-02T03:01:00.000Z',
      to: '2026-01-02T03:09:00.000Z',
      processes: 3,
      hosts: 3,
      services: ['cart', 'shop'],
      builds: ['cart', 'shop 1.0.0', 'shop 1.1.0'],
    })
    expect(report.summary.engines.running).toBe(150)
    const ids = new Set([...report.engines, ...report.handles].map(({ id }) => id))
    expect(ids.size).toBe(report.engines.length + report.handles.length)
    for (const { engine, handles } of report.findings)
      for (const id of [engine ?? '', ...handles]) expect(ids).toContain(id)
  })

  it('tell that a bug is over where no process has it in its last report', () => {
    const { findings } = gathered([
      reportOf({ minute: 1 }, [{ count: 4 }]),
      reportOf({ minute: 2 }, [{ id: 'other' }]),
    ])
    expect(findings.map(({ id, seen }) => [id, seen?.now.count])).toEqual([
      ['other', 1],
      ['abcdef012345', 0],
    ])
  })

  it('a check tells only what is new: what it does not name goes on, what it resolves is over', () => {
    const first = reportOf({ minute: 1 }, [{ count: 4 }])
    const check = (resolved: Report['resolved'] = []) =>
      reportOf({ minute: 2 }, [{ id: 'other' }], { trigger: 'check', resolved })
    const over = { kind: 'growing', name: 'a', site: null, message: 'a', foundAt: first.at } as const
    const counts = [check(), check([{ ...over, id: 'abcdef012345' }])].map((report) =>
      gathered([first, report]).findings.map(({ seen }) => seen?.now.count),
    )
    expect(counts).toEqual([
      [4, 1],
      [1, 0],
    ])
  })

  it('take the processes of a run one by one', () => {
    const sample = sampleReport().process
    const processes = [10, 11].map((pid) => ({
      ...sample,
      pid,
      command: 'node a.js',
      state: 'ended' as const,
    }))
    const run = reportOf(
      {},
      [
        {
          count: 5,
          process: { pid: 10, threadId: 0 },
          processes: [10, 11].map((pid) => ({ pid, threadId: 0, count: pid - 8 })),
        },
      ],
      { processes },
    )
    const [finding] = gathered([run]).findings
    expect(finding?.seen).toMatchObject({ processes: 2, now: { processes: 2, count: 5 } })
  })

  it('estimate the number of processes beyond 1,024, and keep no more of them', () => {
    const all = gathering()
    for (let index = 0; index < 20_000; index += 1) {
      const minute = index % 60
      all.add(reportOf({ host: `pod-${index}`, minute }, [{ count: 2 }], { engines: [], handles: [] }))
    }
    const report = all.report() as Report
    expect(report.gathered?.processes).toBe(20_000)
    const { isEstimate, processes, now, most } = report.findings[0]?.seen ?? {}
    expect(isEstimate).toBe(true)
    for (const number of [processes, now?.processes, (now?.count ?? 0) / 2]) {
      expect(number).toBeGreaterThan(18_000)
      expect(number).toBeLessThan(22_000)
    }
    expect(most?.length).toBe(60)
  })

  it('keep a curve of 128 points, however long it is', () => {
    const all = gathering()
    const start = Date.parse('2026-01-01T00:00:00Z')
    for (let index = 0; index < 5000; index += 1) {
      const at = new Date(start + index * 60_000).toISOString()
      all.add(reportOf({}, [{ count: index }], { at, engines: [], handles: [] }))
    }
    const most = all.report()?.findings[0]?.seen?.most ?? []
    expect(most.length).toBeGreaterThan(60)
    expect(most.length).toBeLessThanOrEqual(128)
    expect(most.map(({ count }) => count)).toEqual(most.map(({ count }) => count).toSorted((a, b) => a - b))
    expect(most.at(-1)?.count).toBe(4999)
  })
})
