import { describe, expect, it } from 'vitest'
import { mergeReports, type Tree, type TreeMember } from '../../../src/report/model/merge.ts'
import type { Report, TreeProcess } from '../../../src/report/schema/report.ts'
import { sampleEngine, sampleFinding, sampleHandle, sampleReport } from '../sample.ts'

function member(pid: number, report: Report | null, parts: Partial<TreeProcess> = {}): TreeMember {
  const process: TreeProcess = {
    ...sampleReport().process,
    pid,
    command: `node ${pid}.js`,
    state: 'ended',
    ...parts,
  }
  return { process, report }
}

function merged(members: TreeMember[], parts: Partial<Tree> = {}): Report {
  return mergeReports({
    at: '2026-01-02T03:04:05.678Z',
    version: '0.1.0',
    command: 'sh all.sh',
    process: { ...sampleReport().process, pid: 1 },
    members,
    leftRunning: [],
    faults: [],
    ...parts,
  })
}

describe('a merged report', () => {
  it('has ids that are unique, and whatever refers to one still does', () => {
    const own = sampleReport({
      engines: [sampleEngine(), sampleEngine({ id: 'e2', parent: 'e1' })],
      shutdown: {
        startedAt: '2026-01-02T03:04:05.678Z',
        order: [
          {
            engine: 'e2',
            name: 'Two',
            stopCalledAt: '2026-01-02T03:04:05.678Z',
            stoppedAt: null,
            tookMs: null,
            alongside: ['e1'],
            stoppedBeforeChildren: [],
          },
        ],
        openAtEnd: { engines: ['e2'], handles: ['h1'] },
      },
    })
    const { findings, engines, handles, shutdown } = merged([
      member(1, own),
      member(2, sampleReport({ findings: [sampleFinding({ id: 'other' })] })),
      member(2, sampleReport({ findings: [sampleFinding({ id: 'third' })] }), {
        threadId: 3,
        isMainThread: false,
      }),
      // Its pid came again.
      member(2, sampleReport({ findings: [sampleFinding({ id: 'fourth' })] })),
    ])
    expect(engines.map(({ id, parent }) => [id, parent])).toEqual([
      ['e1@1', null],
      ['e2@1', 'e1@1'],
      ['e1@2', null],
      ['e1@2.3', null],
      ['e1@2~2', null],
    ])
    expect(new Set(handles.map(({ id }) => id)).size).toBe(8)
    expect(handles[0]).toMatchObject({ id: 'h1@1', engine: 'e1@1', process: { pid: 1, threadId: 0 } })
    expect(
      findings.map(({ engine, handles, process }) => [engine, handles, process?.pid, process?.threadId]),
    ).toEqual([
      ['e1@1', ['h1@1', 'h2@1'], 1, 0],
      ['e1@2', ['h1@2', 'h2@2'], 2, 0],
      ['e1@2.3', ['h1@2.3', 'h2@2.3'], 2, 3],
      ['e1@2~2', ['h1@2~2', 'h2@2~2'], 2, 0],
    ])
    expect(shutdown?.order[0]).toMatchObject({ engine: 'e2@1', alongside: ['e1@1'] })
    expect(shutdown?.openAtEnd).toEqual({ engines: ['e2@1'], handles: ['h1@1'] })
  })

  it('has one finding for one bug, in the process that has most of it', () => {
    const bigger = sampleFinding({ handles: ['h1', 'h2', 'h3'], count: 3, holdsProcess: false })
    const { findings, summary } = merged([
      member(1, sampleReport({ findings: [sampleFinding({ severity: 'warning', handles: ['h1'] })] })),
      member(2, sampleReport({ findings: [bigger] })),
      member(3, sampleReport()),
    ])
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      id: sampleFinding().id,
      severity: 'leak',
      message: 'OrderEngine was started 3 min ago and never stopped; the same in 2 more processes',
      engine: 'e1@2',
      count: 5,
      holdsProcess: true,
      process: { pid: 2, threadId: 0 },
      processes: [
        { pid: 2, threadId: 0, count: 3 },
        { pid: 3, threadId: 0, count: 1 },
        { pid: 1, threadId: 0, count: 1 },
      ],
      siblings: { started: 1500, stopped: 1350, stoppedAt: { length: 1 } },
    })
    expect(summary).toMatchObject({ leaks: 1, warnings: 0, engines: { started: 1500 }, handles: { live: 6 } })
  })

  it('lists leaks first, and what findings hold before all else, 10,000 handles at most', () => {
    const many = Array.from({ length: 9000 }, (_, index) => sampleHandle(`h${index + 1}`, 'setInterval', {}))
    const warning = sampleFinding({ id: 'w', severity: 'warning', handles: ['h1', 'h2', 'h3'] })
    const { findings, handles, self } = merged([
      member(1, sampleReport({ findings: [warning], handles: many })),
      member(2, sampleReport({ findings: [sampleFinding({ handles: ['h9000'] })], handles: many })),
    ])
    expect(findings.map(({ severity }) => severity)).toEqual(['leak', 'warning'])
    expect(handles.slice(0, 4).map(({ id }) => id)).toEqual(['h1@1', 'h2@1', 'h3@1', 'h9000@2'])
    expect([handles.length, self.handlesOmitted]).toEqual([10_000, 8000])
  })

  it('survives JSON, with nothing but processes where nothing was found', () => {
    const report = merged([member(1, null)])
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect(report).toMatchObject({
      trigger: 'exit',
      findings: [],
      engines: [],
      handles: [],
      processes: { length: 1 },
    })
    expect(report).not.toHaveProperty('leftRunning')
  })
})
