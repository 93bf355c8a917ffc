import { describe, expect, it } from 'vitest'
import type { StartPlace } from '../../src/core/records/engine-record.ts'
import type { Fault } from '../../src/judge/judge.ts'
import type { Kind } from '../../src/judge/kinds/list.ts'
import { type Changes, ReportedFindings } from '../../src/live/reported-findings.ts'
import { sampleFinding, sampleReport } from '../report/sample.ts'

function place(): StartPlace {
  const frame = { function: null, file: 'a.js', line: 1, column: 1, construct: false }
  return { frame, started: 0, stopped: 0, stoppedAt: new Map(), lifetimes: null, growth: null }
}

function fault(kind: Kind, at: StartPlace | null = null): Fault {
  const engine = at === null ? null : { place: at }
  return { kind, severity: 'leak', engine, state: null, handles: [], children: [] } as unknown as Fault
}

const byKind = () => (each: Fault) => each.kind
const overdue = () =>
  sampleReport({ findings: [sampleFinding({ id: 'overdue', kind: 'overdue' })], trigger: 'check' })

/** What `note` gives as over, by id. */
function over(reported: ReportedFindings, changes: Changes, report = sampleReport({ findings: [] })) {
  return reported.note(report, changes).map(({ id }) => id)
}

describe('findings of checks', () => {
  it('are told once when they appear, and once when they are over', () => {
    const reported = new ReportedFindings()
    const first = reported.compare([fault('overdue')], byKind)
    expect(first).toMatchObject({ appeared: [{ kind: 'overdue' }], over: [] })
    expect(over(reported, first, overdue())).toEqual([])
    expect(reported.isEmpty).toBe(false)
    expect(reported.compare([fault('overdue')], byKind)).toMatchObject({ appeared: [], over: [] })
    const last = reported.compare([], byKind)
    expect(last).toMatchObject({ appeared: [], over: ['overdue'] })
    expect(reported.note(sampleReport({ findings: [] }), last)).toMatchObject([
      { id: 'overdue', name: 'OrderEngine', message: 'OrderEngine is no longer overdue' },
    ])
    expect(reported.isEmpty).toBe(true)
  })

  it('that a rule ignores are told neither as there nor as over', () => {
    const reported = new ReportedFindings()
    const first = reported.compare([fault('overdue')], byKind)
    expect(over(reported, first)).toEqual([])
    expect(reported.compare([fault('overdue')], byKind).appeared).toEqual([])
    expect(over(reported, reported.compare([], byKind))).toEqual([])
  })

  it('have an id that is looked up once for each kind at a place', () => {
    const reported = new ReportedFindings()
    const at = place()
    let looked = 0
    const idOf = () => (each: Fault) => {
      looked += 1
      return each.kind
    }
    const many = Array.from({ length: 100 }, () => fault('overdue', at))
    reported.compare([...many, fault('growing', at)], idOf)
    reported.compare(many, idOf)
    expect(looked).toBe(2)
  })
})

it('a place from which nothing runs any more has grown no more', () => {
  const reported = new ReportedFindings()
  const at = place()
  const siblings = { isKnown: true, outliving: 2, overdueMs: 0 }
  reported.learn(new Map([[at, siblings]]), 1000)
  expect(at.growth).toMatchObject({ left: 2, rises: 1 })
  reported.learn(new Map(), 1000)
  expect(at.growth).toBe(null)
})
