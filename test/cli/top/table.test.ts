import { describe, expect, it } from 'vitest'
import { clip, clipStart } from '../../../src/cli/console/fitting.ts'
import { type Column, table } from '../../../src/cli/top/table.ts'
import { painter } from '../../../src/report/words/colour.ts'

interface Row {
  name: string
  place: string
  count: number
}
const columns: Column<Row>[] = [
  { title: 'NAME', kind: 'text', share: 1, cell: ({ name }) => name },
  { title: 'PLACE', kind: 'place', share: 1, cell: ({ place }) => place },
  { title: 'COUNT', kind: 'number', cell: ({ count }) => String(count) },
]

describe('a table', () => {
  const rows: Row[] = [
    { name: 'orders-api-of-the-north', place: 'src/deep/down/order.ts:41', count: 7 },
    { name: '请求网关服务', place: 'app.js:1', count: 12_345 },
  ]

  it('is no wider than the terminal: names lose their end, places their beginning', () => {
    const lines = table(columns, rows, { width: 40, paint: painter(false) }, ({ count }) => count === 7)
    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
        NAME            PLACE           COUNT
      > orders-api-of…  …n/order.ts:41      7
        请求网关服务    app.js:1        12345
      "
    `)
  })

  it('leaves what a short column does not want to the others', () => {
    const short = [{ name: 'a', place: 'src/a/rather/long/path/to/file.ts:41', count: 1 }]
    const [, line] = table(columns, short, { width: 52, paint: painter(false) }, () => false)
    expect(line).toBe('  a     src/a/rather/long/path/to/file.ts:41      1')
  })
})

describe('a text that is cut', () => {
  it('takes as many columns as there are', () => {
    expect(clip('orders', 6)).toBe('orders')
    expect(clip('orders', 5)).toBe('orde…')
    expect(clip('请求网关', 8)).toBe('请求网关')
    expect(clip('请求网关', 6)).toBe('请求…')
    expect(clip('a👩‍👩‍👧‍👦b', 4)).toBe('a👩‍👩‍👧‍👦b')
    expect(clip('abc', 0)).toBe('')
    expect(clipStart('src/order.ts:41', 12)).toBe('…order.ts:41')
    expect(clipStart('网关', 3)).toBe('…关')
  })
})
