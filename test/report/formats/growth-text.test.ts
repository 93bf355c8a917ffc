import { describe, expect, it } from 'vitest'
import { formatDifference } from '../../../src/report/formats/growth-text.ts'
import { differenceOf } from '../../../src/report/model/growth.ts'
import { inventoryOf } from '../../../src/report/model/inventory.ts'
import type { Report } from '../../../src/report/schema/report.ts'
import { dump } from '../model/dump.ts'

function text(before: Report[], after: Report[], width = 80): string {
  return formatDifference(differenceOf(inventoryOf(before), inventoryOf(after)), { width, coloured: false })
}

describe('the difference as text', () => {
  const before = dump({ engines: { Query: 10, Poller: 5, Cache: 1, Old: 2 } })
  const after = dump({ engines: { Query: 60, Poller: 3, Cache: 1, Fresh: 7 }, at: 20 })

  it('of one process: what grew, where, how fast', () => {
    expect(text([before], [after])).toMatchInlineSnapshot(`
      "leakwatch: 1 grew, 1 new, 1 fewer, 1 gone, in 10 min

      ▲ 50 more Query: 10 before, 60 now                                       running
          started   src/order.ts:41   await engine.start()
          through   node_modules/dep/index.js:2 (dep)
          created   src/order.ts:9    const engine = new OrderEngine(db)
          rate      5 more a minute

      ▲ 7 more Fresh: none before, 7 now                                       running
          started   src/order.ts:41   await engine.start()
          through   node_modules/dep/index.js:2 (dep)
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
          through   node_modules/dep/index.js:2 (dep)
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
