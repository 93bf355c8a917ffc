import { describe, expect, it } from 'vitest'
import { findingRows, partsById } from '../../../src/report/words/finding-rows.ts'
import { roomOf, rowLines, runnerPage } from '../../../src/report/words/page.ts'
import { showSite } from '../../../src/report/words/site.ts'
import { sampleFinding, sampleHandle, sampleReport } from '../sample.ts'

function linesOf(name: string, delayMs = 5000): string[] {
  const report = sampleReport({ handles: [sampleHandle('h1', 'setInterval', { delayMs })] })
  const finding = sampleFinding({
    handles: ['h1'],
    test: { file: '/shop/test/order.test.ts', name, hook: 'beforeAll' },
  })
  const rows = findingRows(finding, partsById(report), showSite('/shop', false), roomOf(runnerPage))
  return rowLines(runnerPage, rows)
}

describe('the rows of a finding', () => {
  it('have the test on one line where it fits', () => {
    expect(linesOf('orders > are sent')).toContain(
      '    test      test/order.test.ts > orders > are sent > beforeAll',
    )
  })

  it('do not break the name of a test: people search for it', () => {
    const name = `orders > ${'are sent again and again '.repeat(5)}to whom they belong`
    const lines = linesOf(name)
    expect(lines).toContain('    test      test/order.test.ts >')
    expect(lines).toContain(`              ${name} > beforeAll`)
  })

  it('round times', () => {
    expect(linesOf('a', 17542.97132965742).join('\n')).toContain('1 setInterval (17543 ms)')
  })
})
