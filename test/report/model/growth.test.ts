import { describe, expect, it } from 'vitest'
import { gathering } from '../../../src/report/model/gather.ts'
import { differenceOf } from '../../../src/report/model/growth.ts'
import { inventoryOf } from '../../../src/report/model/inventory.ts'
import type { Engine, Report } from '../../../src/report/schema/report.ts'
import { sampleEngine, sampleFinding, sampleHandle } from '../sample.ts'
import { dump } from './dump.ts'

function changes(before: Report[], after: Report[]): string[] {
  return differenceOf(inventoryOf(before), inventoryOf(after)).growths.map(
    ({ change, item, before: was, after: is }) => `${change} ${item.name} ${was.count} ${is.count}`,
  )
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
      inventoryOf([before]),
      inventoryOf([dump({ engines: { Query: 9 }, parts: { findings } })]),
    )
    expect(growths).toHaveLength(1)
    expect(growths[0]).toMatchObject({ change: 'grew', before: { count: 3 }, after: { count: 9 } })
    expect([...(growths[0]?.item.kinds ?? [])]).toEqual([...kinds])
  })

  it('is told of gathered reports by the numbers of their last reports', () => {
    const gathered = (count: number) => {
      const all = gathering()
      const finding = sampleFinding({ engine: 'Query0', count })
      const { process } = dump({ engines: {} })
      for (const hostname of ['pod-1', 'pod-2'])
        all.add(
          dump({ engines: { Query: 1 }, parts: { findings: [finding], process: { ...process, hostname } } }),
        )
      return all.report() as Report
    }
    expect(changes([gathered(2)], [gathered(5)])).toEqual(['grew Query 4 10'])
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
