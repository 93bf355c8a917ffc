import { describe, expect, it } from 'vitest'
import { formatAgent } from '../../../src/report/formats/agent.ts'
import { sampleEngine, sampleFinding, sampleReport } from '../sample.ts'
import { clean, merged, rich } from './ci-reports.ts'

describe('agent', () => {
  it('tells where, what, what to write, and the command that proves it', () => {
    expect(formatAgent([sampleReport()], '/shop')).toMatchInlineSnapshot(`
      "leakwatch: 1 leak in app.js (pid 123) at exit
      1. src/order.ts:41 leak never-stopped abcdef012345: OrderEngine was started 3 min ago and never stopped
         code: await engine.start()
         fix: Stop it on every path: call \`stop()\` in a \`finally\` (started at src/order.ts:41).
      prove: npx leakwatch run -- node src/app.js
      "
    `)
  })

  it('tells each bug once, and the command that was run', () => {
    const text = formatAgent([{ ...merged, command: 'npm test' }], '/shop')
    expect(text.match(/^\d\. .*/gm)).toEqual([expect.stringMatching(/ \(in 2 processes\)$/)])
    expect(text).toContain('\nprove: npx leakwatch run -- npm test\n')
  })

  it.each([1, 30, 1000])(
    'has less than 40 lines for %i findings, and counts those that it leaves out',
    (count) => {
      const findings = Array.from({ length: count }, (_, index) =>
        sampleFinding({
          id: `id${index}`,
          engine: `e${index}`,
          test: { file: '/shop/test/order.test.ts', name: 'orders > are sent', hook: null },
        }),
      )
      const engines = findings.map(({ engine }) => sampleEngine({ id: engine ?? '' }))
      const left = Array.from({ length: 50 }, (_, pid) => ({ pid, command: 'sleep 1' }))
      const processes = left.map(({ pid }) => ({
        ...sampleReport().process,
        pid,
        command: 'node a.js',
        state: 'unreported' as const,
      }))
      const parts = { findings, engines, processes, leftRunning: left, command: 'npm test' }
      const text = formatAgent([sampleReport(parts)], '/shop')
      const shown = text.match(/^\d+\. /gm) ?? []
      expect(text.trimEnd().split('\n').length).toBeLessThan(40)
      expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(1000)
      const hidden = /and (\d+) findings more/.exec(text)?.[1] ?? '0'
      expect(shown.length + Number(hidden)).toBe(count)
      expect(text).toContain('test: test/order.test.ts > orders > are sent')
    },
  )

  it('is plain: no colours, no frames, and nothing breaks out of a line', () => {
    const text = formatAgent([rich, clean], '/shop')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028\u2500-\u257f✖⚠]/u)
    expect(text).toMatch(/^leakwatch: 3 leaks, 1 warning in 2 reports\n1\. /)
  })

  it('of what leaks nothing it says just that', () => {
    const { summary } = clean
    const nothing = { ...clean, summary: { ...summary, leaks: 0 } }
    expect(formatAgent([nothing], '/shop')).toBe('leakwatch: nothing to report in app.js (pid 123) at exit\n')
    expect(formatAgent([], '/shop')).toBe('leakwatch: nothing to report in 0 reports\n')
  })

  it.each([
    ['signal', 'orphan', 'dump <pid>'],
    ['exit', 'never-stopped', 'run -- node src/app.js'],
  ] as const)('of a report by %s it says how to see that %s is gone', (trigger, kind, command) => {
    const findings = [sampleFinding({ kind })]
    expect(formatAgent([sampleReport({ trigger, findings })], '/shop')).toContain(command)
  })
})
