import { describe, expect, it } from 'vitest'
import { findingRows, partsById, placeOf } from '../../../src/report/words/finding-rows.ts'
import { roomOf, rowLines, runnerPage } from '../../../src/report/words/page.ts'
import { showSite } from '../../../src/report/words/site.ts'
import { sampleEngine, sampleFinding, sampleHandle, sampleReport, sampleStack } from '../sample.ts'

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

  it("begin with the program's own place, also where a dependency has started the engine", () => {
    const dependency = '/shop/node_modules/@nestjs/core/injector/injector.js'
    const engine = sampleEngine({
      created: null,
      started: sampleStack(dependency, 669, null),
      stopped: sampleStack('/shop/node_modules/@nestjs/core/hooks/on-module-destroy.hook.js', 21, null),
      site: { file: dependency, line: 669, column: 1 },
    })
    const handle = {
      ...sampleHandle('h1', 'setInterval', { delayMs: 5000 }),
      sampled: false,
      engine: 'e1',
      created: sampleStack('/shop/src/main.ts', 23, 'this.timer = setInterval(poll, 5000)'),
      site: { file: '/shop/src/main.ts', line: 23, column: 5 },
    }
    const parts = partsById(sampleReport({ engines: [engine], handles: [handle] }))
    const finding = sampleFinding({ kind: 'stop-incomplete', handles: ['h1'] })
    const rows = findingRows(finding, parts, showSite('/shop', false), roomOf(runnerPage))
    expect(rows.slice(0, 3)).toEqual([
      { label: 'left', lines: ['src/main.ts:23   this.timer = setInterval(poll, 5000)'] },
      { label: 'started', lines: ['node_modules/@nestjs/core/injector/injector.js:669'] },
      { label: 'stopped', lines: ['node_modules/@nestjs/core/hooks/on-module-destroy.hook.js:21'] },
    ])
    expect(placeOf(finding, parts)?.file).toBe('/shop/src/main.ts')
  })

  it('of what one function has opened on several lines name them all', () => {
    const handles = [9, 12, 12].map((line, index) => ({
      ...sampleHandle(`h${index}`, 'setInterval', { delayMs: 5000 }),
      engine: null,
      sampled: false,
      created: sampleStack('/shop/src/main.ts', line, 'setInterval(poll, 5000)'),
      site: { file: '/shop/src/main.ts', line, column: 1 },
    }))
    const finding = sampleFinding({ kind: 'orphan', engine: null, handles: ['h0', 'h1', 'h2'], count: 3 })
    const parts = partsById(sampleReport({ engines: [], handles }))
    const rows = findingRows(finding, parts, showSite('/shop', false), roomOf(runnerPage))
    expect(rows.filter(({ label }) => label === 'created').map(({ lines }) => lines)).toEqual([
      ['src/main.ts:9    setInterval(poll, 5000)'],
      ['src/main.ts:12   setInterval(poll, 5000)'],
    ])
  })
})
