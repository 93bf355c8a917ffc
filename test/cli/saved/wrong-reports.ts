/** Reports with a wrong type somewhere, made from a good one. */
import type { Report } from '../../../src/report/schema/report.ts'
import { sampleReport, sampleStop } from '../../report/sample.ts'

/** It has all that a report may have. */
export function fullReport(): Report {
  const report = sampleReport()
  const { process } = report
  const site = { file: '/shop/a.js', line: 1, column: 1 }
  const key = { pid: 123, threadId: 0 }
  const test = { file: '/shop/a.test.js', name: 'works', hook: null }
  return {
    ...report,
    findings: report.findings.map((each) => ({
      ...each,
      test,
      process: key,
      processes: [{ ...key, count: 1 }],
      knownCount: 1,
    })),
    engines: report.engines.map((each) => ({ ...each, test, detail: { port: 1 }, process: key })),
    handles: report.handles.map((each) => ({ ...each, site, process: key })),
    shutdown: {
      startedAt: '2026-01-02T03:04:05.000Z',
      order: [sampleStop('Pool', 0, 10)],
      openAtEnd: { engines: ['e1'], handles: ['h1'] },
    },
    resolved: [
      { id: '1', kind: 'overdue', name: 'Pool', site, message: 'over', foundAt: '2026-01-02T03:04:00.000Z' },
    ],
    why: ['There is 1 handle'],
    processes: [{ ...process, command: 'node app.js', state: 'ended' }],
    command: 'node app.js',
    leftRunning: [{ pid: 7, command: 'sleep 1' }],
    baseline: {
      file: '/shop/leakwatch.baseline.json',
      known: 1,
      holding: [],
      gone: [{ id: '1', kind: 'orphan', name: 'Pool', place: null }],
    },
  }
}

export interface WrongReport {
  /** `findings[0].count: {}`. */
  what: string
  text: string
}

type Parent = Record<string, unknown>

/** Each value in turn is replaced by one of another type, or taken away where it has to be there. */
export function wrongReports(): WrongReport[] {
  const wrong: WrongReport[] = []
  const good = fullReport()
  const visit = (value: unknown, path: readonly string[]): void => {
    if (path.length > 0 && path[0] !== 'schema') {
      for (const other of othersOf(value)) {
        const copy = structuredClone(good) as unknown as Parent
        const parent = path.slice(0, -1).reduce((each, key) => each[key] as Parent, copy)
        parent[path.at(-1) as string] = other
        wrong.push({ what: `${path.join('.')}: ${JSON.stringify(other)}`, text: JSON.stringify(copy) })
      }
    }
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) visit((value as Parent)[key], [...path, key])
  }
  visit(good, [])
  return wrong
}

/** What may be `null` is not given to everything: a report may well have it. */
function othersOf(value: unknown): unknown[] {
  if (value === null) return [{}, [[]], true].slice(0, 2)
  if (Array.isArray(value)) return ['x', {}, [null], 7]
  if (typeof value === 'object') return ['x', 7, []]
  return [{}, []]
}
