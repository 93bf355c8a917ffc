import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { formatNdjson } from '../../../src/report/formats/ndjson.ts'
import { sampleEngine, sampleFinding, sampleHandle, sampleReport } from '../sample.ts'

const evil = 'a\u001b[2J\n\u007f\u009b\u2028\u202e"'

// biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/

describe('ndjson', () => {
  it('is one line a finding and one summary line', () => {
    const report = sampleReport({
      findings: [
        sampleFinding(),
        sampleFinding({
          id: '1',
          kind: 'orphan',
          severity: 'warning',
          engine: null,
          handles: ['h9'],
          siblings: null,
        }),
      ],
      handles: [
        sampleHandle(
          'h9',
          'setInterval',
          {},
          { engine: null, site: { file: '/shop/src/a.ts', line: 3, column: 1 } },
        ),
      ],
    })
    expect(formatNdjson(report)).toMatchInlineSnapshot(`
      "{"level":"error","timestamp":"2026-01-02T03:04:05.678Z","service":"shop","event":"leakwatch.finding","message":"OrderEngine was started 3 min ago and never stopped","pid":123,"id":"abcdef012345","kind":"never-stopped","severity":"leak","fix":"Stop it on every path: call \`stop()\` in a \`finally\` (started at src/order.ts:41).","engine":"e1","handles":["h1","h2"],"count":1,"holdsProcess":true,"test":null,"siblings":{"started":500,"stopped":450,"stoppedAt":[{"file":"/shop/src/order.ts","line":52,"column":5}]},"name":"OrderEngine","site":{"file":"/shop/src/order.ts","line":41,"column":3}}
      {"level":"warn","timestamp":"2026-01-02T03:04:05.678Z","service":"shop","event":"leakwatch.finding","message":"OrderEngine was started 3 min ago and never stopped","pid":123,"id":"1","kind":"orphan","severity":"warning","fix":"Stop it on every path: call \`stop()\` in a \`finally\` (started at src/order.ts:41).","engine":null,"handles":["h9"],"count":1,"holdsProcess":true,"test":null,"siblings":null,"name":"setInterval","site":{"file":"/shop/src/a.ts","line":3,"column":1},"holds":"1 setInterval"}
      {"level":"info","timestamp":"2026-01-02T03:04:05.678Z","service":"shop","event":"leakwatch.summary","message":"leakwatch: 1 leak in app.js (pid 123) at exit","pid":123,"threadId":0,"trigger":"exit","main":"/shop/src/app.js","exitCode":0,"signal":null,"uptimeMs":240000,"leaks":1,"warnings":0,"engines":{"started":500,"stopped":450,"running":50,"failed":0},"handles":{"live":2,"referenced":1},"self":{"version":"0.1.0","stacks":{"captured":3,"skipped":0,"budgetPercent":1,"spentPercent":0.01},"handlesOmitted":0,"faults":[],"notCovered":[]}}
      "
    `)
  })

  it.each([
    ['a leak', {}],
    ['text that has to be escaped', { findings: [sampleFinding({ message: evil, fix: `"\\\\` })] }],
    ['fields that are not there', { findings: [sampleFinding({ siblings: null, engine: null })] }],
    ['a log of many processes', { processes: [], command: 'node a.js', leftRunning: [] }],
  ])('of a process that ends, with no pino, is what pino writes: %s', (_, parts) => {
    const [plain, byPino] = ['exit', 'stall'].map((trigger) =>
      formatNdjson(sampleReport({ ...parts, trigger: trigger as 'exit' })),
    ) as [string, string]
    const others = (lines: string): string =>
      lines.replace(/"trigger":"\w+"|(?: at exit| still alive)(?=")/g, '')
    expect(others(plain)).toBe(others(byPino))
  })

  it('has the trace in which the engine was started', () => {
    const traced = sampleEngine({ traceId: '0af7651916cd43dd8448eb211c80319c' })
    const [finding, summary] = formatNdjson(sampleReport({ engines: [traced] })).split('\n')
    expect(JSON.parse(finding as string)).toHaveProperty('trace_id', traced.traceId)
    expect(JSON.parse(summary as string)).not.toHaveProperty('trace_id')
  })

  it('keeps a long list whole, and escapes what the program says', () => {
    const handles = Array.from({ length: 1000 }, (_, index) => `h${index}`)
    const text = formatNdjson(sampleReport({ findings: [sampleFinding({ message: evil, handles })] }))
    const lines = text.trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    expect(JSON.parse(lines[0] as string)).toMatchObject({ message: evil, handles })
    expect(lines.join('')).not.toMatch(controls)
  })
})

describe('ndjson in a program that is strict', () => {
  const module = new URL('../../../dist/report/formats/ndjson.js', import.meta.url).href
  const program = `
    const { formatNdjson } = await import(${JSON.stringify(module)})
    Reflect.deleteProperty(Error, 'prepareStackTrace')
    process.stdout.write(formatNdjson(JSON.parse(process.argv[1])) + Object.hasOwn(Error, 'prepareStackTrace'))`
  const run = (...flags: string[]) =>
    execFileSync(
      process.execPath,
      [...flags, '--no-warnings', '--input-type=module', '-e', program, '--', json],
      {
        encoding: 'utf8',
      },
    )
  /** Of a process that goes on: pino writes it. */
  const report = sampleReport({ trigger: 'stall' })
  const json = JSON.stringify(report)

  it('leaves `Error` as it was', () => {
    expect(run()).toBe(`${formatNdjson(report)}false`)
  })

  it.each(['--frozen-intrinsics', '--disallow-code-generation-from-strings'])(
    '%s: the same lines',
    (flag) => {
      expect(run(flag).replace(/(true|false)$/, '')).toBe(formatNdjson(report))
    },
  )
})
