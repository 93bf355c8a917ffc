import { describe, expect, it } from 'vitest'
import { differenceOf } from '../../src/report/growth.ts'
import { formatDifference } from '../../src/report/growth-text.ts'
import type { Engine, Process, Report } from '../../src/report/report.ts'
import { standingOf } from '../../src/report/standing.ts'
import { sampleEngine, sampleFinding, sampleHandle, sampleReport } from './sample.ts'

const minute = 60_000
const begin = Date.parse('2026-01-02T03:00:00.000Z')

interface Dump {
  engines: Record<string, number>
  /** Minutes after the process began. */
  at?: number
  process?: Partial<Process>
  parts?: Partial<Report>
}

/** A report of so many engines by name. */
function dump({ engines, at = 10, process = {}, parts = {} }: Dump): Report {
  const all = Object.entries(engines).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, index): Engine => sampleEngine({ id: `${name}${index}`, name })),
  )
  return sampleReport({
    trigger: 'signal',
    at: new Date(begin + at * minute).toISOString(),
    process: { ...sampleReport().process, uptimeMs: at * minute, ...process },
    findings: [],
    engines: all,
    handles: [],
    ...parts,
  })
}

function changes(before: Report[], after: Report[]): string[] {
  return differenceOf(standingOf(before), standingOf(after)).growths.map(
    ({ change, spot, before: was, after: is }) => `${change} ${spot.name} ${was.count} ${is.count}`,
  )
}

function text(before: Report[], after: Report[], width = 80): string {
  return formatDifference(differenceOf(standingOf(before), standingOf(after)), { width, coloured: false })
}

describe('what grew', () => {
  it('is ranked, with what is new, fewer and gone', () => {
    const before = dump({ engines: { Query: 10, Poller: 5, Cache: 1, Old: 2 } })
    const after = dump({ engines: { Query: 60, Poller: 3, Cache: 1, Fresh: 7 }, at: 20 })
    expect(changes([before], [after])).toEqual([
      'grew Query 10 60',
      'new Fresh 0 7',
      'same Cache 1 1',
      'gone Old 2 0',
      'fewer Poller 5 3',
    ])
  })

  it('is one place, however its findings are called meanwhile', () => {
    const finding = sampleFinding({ engine: 'Query0', severity: 'warning', count: 3 })
    const before = dump({ engines: { Query: 3 }, parts: { findings: [finding] } })
    const kinds = ['never-stopped', 'growing', 'overdue'] as const
    const findings = kinds.map((kind) => sampleFinding({ id: kind, kind, engine: 'Query0', count: 9 }))
    const { growths } = differenceOf(
      standingOf([before]),
      standingOf([dump({ engines: { Query: 9 }, parts: { findings } })]),
    )
    expect(growths).toHaveLength(1)
    expect(growths[0]).toMatchObject({ change: 'grew', before: { count: 3 }, after: { count: 9 } })
    expect([...(growths[0]?.spot.kinds ?? [])]).toEqual([...kinds])
  })

  it('other findings count by their id, wherever they moved', () => {
    const orphan = { id: 'f1', kind: 'orphan', engine: null, handles: ['h1'] } as const
    const at = (line: number, count: number) =>
      dump({
        engines: {},
        parts: {
          findings: [sampleFinding({ ...orphan, handles: [...orphan.handles], count })],
          handles: [
            sampleHandle(
              'h1',
              'setInterval',
              {},
              { engine: null, site: { file: '/shop/a.ts', line, column: 1 } },
            ),
          ],
        },
      })
    expect(changes([at(3, 1)], [at(9, 4)])).toEqual(['grew setInterval 1 4'])
  })

  it('an engine that holds more grew too; the connections of a server come and go', () => {
    const holding = (count: number, origin: Engine['origin']) =>
      dump({
        engines: {},
        parts: {
          engines: [sampleEngine({ origin })],
          handles: Array.from({ length: count }, (_, index) => sampleHandle(`h${index}`, 'net.Socket', {})),
        },
      })
    expect(changes([holding(1, 'convention')], [holding(9, 'convention')])).toEqual([
      'fuller OrderEngine 1 1',
    ])
    expect(changes([holding(1, 'core')], [holding(9, 'core')])).toEqual(['same OrderEngine 1 1'])
  })

  it('is counted over all processes, each by its last report, on whatever host and in whatever folder', () => {
    const fleet = (count: number, at: number) =>
      [1, 2, 3].map((pid) => {
        const cwd = `/srv/${pid}`
        const site = { file: `${cwd}/src/order.ts`, line: 41, column: 3 }
        return dump({
          engines: {},
          at,
          process: { pid, cwd, hostname: `host${pid}` },
          parts: { engines: Array.from({ length: count }, (_, id) => sampleEngine({ id: `e${id}`, site })) },
        })
      })
    expect(changes(fleet(1, 5), [...fleet(4, 30), ...fleet(2, 10)])).toEqual(['grew OrderEngine 3 12'])
  })

  it('engines of one name at two places are two', () => {
    const other = sampleEngine({ id: 'e2', site: { file: '/shop/src/other.ts', line: 1, column: 1 } })
    const before = dump({ engines: {}, parts: { engines: [sampleEngine()] } })
    const after = dump({ engines: {}, parts: { engines: [sampleEngine(), other] } })
    expect(changes([before], [after])).toEqual(['new OrderEngine 0 1', 'same OrderEngine 1 1'])
  })

  it('an engine that was collected meanwhile is the same', () => {
    const abandoned = sampleFinding({ id: 'f2', kind: 'abandoned' })
    const engines = [sampleEngine({ state: 'collected' })]
    const after = dump({ engines: {}, parts: { engines, findings: [abandoned] } })
    const before = dump({ engines: {}, parts: { engines: [sampleEngine()], findings: [sampleFinding()] } })
    expect(changes([before], [after])).toEqual(['same OrderEngine 1 1'])
  })

  it('what is stopping or stopped does not run', () => {
    const engines = (['stopping', 'stopped', 'failed'] as const).map((state) =>
      sampleEngine({ id: state, state }),
    )
    expect(changes([dump({ engines: {} })], [dump({ engines: {}, parts: { engines } })])).toEqual([])
  })
})

describe('the difference as text', () => {
  const before = dump({ engines: { Query: 10, Poller: 5, Cache: 1, Old: 2 } })
  const after = dump({ engines: { Query: 60, Poller: 3, Cache: 1, Fresh: 7 }, at: 20 })

  it('of one process: what grew, where, how fast', () => {
    expect(text([before], [after])).toMatchInlineSnapshot(`
      "leakwatch: 1 grew, 1 new, 1 fewer, 1 gone, in 10 min

      ▲ 50 more Query: 10 before, 60 now                                       running
          started   src/order.ts:41   await engine.start()
          created   src/order.ts:9    const engine = new OrderEngine(db)
          rate      5 more a minute

      ▲ 7 more Fresh: none before, 7 now                                       running
          started   src/order.ts:41   await engine.start()
          created   src/order.ts:9    const engine = new OrderEngine(db)
          rate      42 more an hour

          fewer     Poller, src/order.ts:41: 5 before, 3 now
          gone      Old, src/order.ts:41: 2 before
          same      1 other place
          before    app.js (pid 123) on host, 2026-01-02T03:10:00.000Z, up 10 min
          after     the same process, 10 min later
      "
    `)
  })

  it('of another process: how fast in each', () => {
    const other = dump({
      engines: { Query: 120 },
      at: 60,
      process: { pid: 9, startedAt: '2026-01-03T00:00:00.000Z' },
    })
    expect(text([before], [other], 200)).toMatchInlineSnapshot(`
      "leakwatch: 1 grew, 3 gone

      ▲ 110 more Query: 10 before, 120 now                                                                                                                                                             running
          started   src/order.ts:41   await engine.start()
          created   src/order.ts:9    const engine = new OrderEngine(db)
          rate      1 a minute of uptime before, 2 a minute now

          gone      Cache, src/order.ts:41: 1 before
                    Old, src/order.ts:41: 2 before
                    Poller, src/order.ts:41: 5 before
          before    app.js (pid 123) on host, 2026-01-02T03:10:00.000Z, up 10 min
          after     app.js (pid 9) on host, 2026-01-02T04:00:00.000Z, up 60 min
      "
    `)
  })

  it('of what did not grow', () => {
    expect(text([after], [after])).toMatchInlineSnapshot(`
      "leakwatch: nothing grew

          same      4 other places
          before    app.js (pid 123) on host, 2026-01-02T03:20:00.000Z, up 20 min
          after     the same process, at the same time
      "
    `)
  })
})
