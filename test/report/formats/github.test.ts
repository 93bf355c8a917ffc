import { describe, expect, it } from 'vitest'
import { formatGithub } from '../../../src/report/formats/github.ts'
import { sampleReport } from '../sample.ts'
import { clean, merged, rich } from './ci-reports.ts'

describe('github', () => {
  it('is an annotation for each bug, at its line in the checkout', () => {
    expect(formatGithub([sampleReport()], '/shop')).toMatchInlineSnapshot(`
      "::error file=src/order.ts,line=41,col=3,title=leakwatch%3A never-stopped%3A OrderEngine::OrderEngine was started 3 min ago and never stopped%0Astarted: src/order.ts:41   await engine.start()%0Athrough: node_modules/dep/index.js:2 (dep)%0Acreated: src/order.ts:9   const engine = new OrderEngine(db)%0Aholds: 1 setInterval (5000 ms), 1 net.Socket to 127.0.0.1:5432, and keeps the process alive%0Aothers: 450 of 500 started here were stopped, at src/order.ts:52%0Afix: Stop it on every path: call \`stop()\` in a \`finally\` (started at src/order.ts:41).
      "
    `)
  })

  it('is relative to where the program ran, where that is no checkout; else the path as it is', () => {
    const [first, , , last] = formatGithub([rich], '/github/workspace').split('\n')
    expect(first).toMatch(/^::error file=src\/order\.ts,line=41,col=3,title=/)
    expect(last).toMatch(/^::warning file=\/elsewhere\/a\.js,line=3,col=1,title=/)
  })

  it('is an annotation without a file for what has no place', () => {
    expect(formatGithub([rich], '/shop').split('\n')[1]).toMatch(
      /^::error title=leakwatch%3A stop-pending%3A OrderEngine::/,
    )
  })

  it('no name breaks out of its line', () => {
    const [, , line = '', ...rest] = formatGithub([rich], '/shop').split('\n')
    expect(rest).toHaveLength(2)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(line).not.toMatch(/[\u0000-\u001f\u2028]/)
    const [, properties = '', message = ''] = line.split('::')
    expect(properties.split(',')).toHaveLength(4)
    expect(properties).toContain('100%25%2C')
    expect(message).toMatch(/^a\\u001b\[2J\\r\\n\]\]>/)
  })

  it('tells a bug of several processes once, and names them', () => {
    const lines = formatGithub([merged], '/shop').trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('never stopped (in app.js (pid 123), app.js (pid 124, thread 2))%0A')
  })

  it('is nothing where there is nothing', () => {
    expect(formatGithub([clean], '/shop')).toBe('')
  })
})
