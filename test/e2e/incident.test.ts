import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding, Report } from '../../src/report/schema/report.ts'
import { node } from './program.ts'

const incident = fileURLToPath(new URL('../../fixtures/incident/', import.meta.url))
const patienceMs = 60_000
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-incident-'))

let ending: number | string | null = null
let printed = ''
let reports: Report[] = []
/** Of the service with a pool. */
let ofPool: Report[] = []

beforeAll(async () => {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(LEAKWATCH|NODE_|VITEST|FORCE_COLOR)/.test(key),
  )
  const demo = spawn(node, [join(incident, 'demo.js')], {
    env: { ...Object.fromEntries(inherited), LEAKWATCH_OUT: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: patienceMs,
  })
  demo.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  const [code, signal] = await once(demo, 'close')
  ending = code ?? signal
  const all = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report,
  )
  const isOfPool = ({ process: { main } }: Report) => basename(main ?? '').startsWith('pooled-')
  reports = all.filter((report) => !isOfPool(report))
  ofPool = all.filter(isOfPool)
}, patienceMs)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the incident', () => {
  it('comes to `max connections reached`, and the demo exits with 0', () => {
    expect(printed).toContain('503 max connections reached')
    expect(ending, printed).toBe(0)
  })

  it('is reported on demand as engines that run on, with the stop that they missed', () => {
    const { report, finding } = reportedBy('signal')
    // On a slow machine the first of them have run for so long by then that they are overdue.
    const about = report.findings.filter(({ message }) => message.includes('QueryEngine'))
    expect(about.map(({ kind }) => kind).filter((kind) => kind !== 'overdue')).toEqual(['never-stopped'])
    expect(about.map(({ count }) => count).reduce((all, count) => all + count)).toBe(50)
    expect(about.every(({ holdsProcess }) => holdsProcess)).toBe(true)
    expectMissedStop(report, finding)
    const handles = about.flatMap((each) => each.handles)
    expect(handleNames(report, { handles })).toEqual({ 'net.Socket': 50, setInterval: 50 })
  })

  it('is a leak once the shutdown stalls, and the only one', () => {
    const { report, finding } = reportedBy('stall')
    expect(report.process.signal).toBe('SIGTERM')
    expect(report.summary).toMatchObject({ leaks: 1, warnings: 0 })
    expect(finding).toMatchObject({ kind: 'never-stopped', severity: 'leak', count: 50, holdsProcess: true })
    expectMissedStop(report, finding)
    expect(report.shutdown?.order.map(({ name }) => name)).toEqual(['http.Server'])
  })

  it('keeps its id from report to report', () => {
    const ids = reportedBy('signal').report.findings.map(({ id }) => id)
    expect(ids).toContain(reportedBy('stall').finding.id)
  })

  it('is not reported of the fixed service, which answers everything and ends by itself', () => {
    // Not even warnings, which would be saved and not printed.
    expect(reports.map(({ process }) => basename(process.main ?? ''))).toEqual(['service.js', 'service.js'])
    expect(printed).toContain(
      'All of 600 requests were answered.\nIt ended by itself, with exit code 0.\nleakwatch: (nothing)\n',
    )
  })

  it('is told of a pool live, with who has what, and by its leases once the shutdown stalls', () => {
    expect(printed).toContain(
      '100 requests were answered. Then:\n  503 timeout exceeded when trying to connect\n',
    )
    const [live, stalled] = ['check', 'stall'].map((each) => ofPool.find(({ trigger }) => trigger === each))
    expect(ofPool).toHaveLength(2)
    const [waiting] = live?.findings ?? []
    expect(waiting).toMatchObject({ kind: 'exhausted', severity: 'leak' })
    expect(waiting?.leases).toHaveLength(10)
    // The pool lets its callers wait for 4 s.
    expect(waiting?.message).toMatch(
      /^pg\.Pool: a caller has waited for [234] s, and 10 pg\.PoolClient are out$/,
    )
    expect(stalled?.findings.map(({ kind, count }) => `${kind} ${count}`)).toEqual(['never-stopped 10'])
    expect(stalled?.findings[0]?.message).toMatch(/^10 pg\.PoolClient were taken .* not given back$/)
    for (const { fix } of [waiting, stalled?.findings[0]].flatMap((each) => each ?? []))
      expect(fix).toBe(
        'Give it back on every path, as at pooled-service.js:12: ' +
          'call `client.release()` in a `finally` (taken at pooled-service.js:9).',
      )
    const endings =
      'All of 600 requests were answered.\nIt ended by itself, with exit code 0.\nleakwatch: (nothing)\n'
    expect(printed.split(endings)).toHaveLength(3)
  })

  it('is told in 80 columns', () => {
    expect(printed.split('\n').filter((line) => [...line].length > 80)).toEqual([])
    expect(stallText(printed)).toMatchInlineSnapshot(`
      "leakwatch: 1 leak in service.js (pid 1) still alive after SIGTERM

      ✖ 50 QueryEngine were started up to 5 s ago and never stopped      never-stopped
          started   service.js:7   await engine.start()
          created   service.js:6
                    const engine = new QueryEngine(Number(process.env.DATABASE_PORT))
          holds     50 net.Socket to 127.0.0.1:5432, 50 setInterval (5000 ms), and
                    keeps the process alive
          others    450 of 500 started here were stopped, at service.js:14
          fix       Stop it on every path, as at service.js:14: call \`engine.stop()\`
                    in a \`finally\` (started at service.js:7).

          summary   502 engines started, 451 stopped, 50 running, 1 failed to start;
                    100 handles open (100 keep the process alive); up 6 s
          shutdown  +0 ms  http.Server  ━━━  2 ms
          left open 50 QueryEngine
      "
    `)
  })

  it('is what others give names of, without the engine', () => {
    expect(printed).toMatch(/50 'TCPSocketWrap', 50 'Timeout'/)
    expect(printed).toMatch(/There are \d+ handle\(s\) keeping the process running\./)
  })
})

interface Reported {
  report: Report
  finding: Finding
}

function reportedBy(trigger: Report['trigger']): Reported {
  const report = reports.find((each) => each.trigger === trigger)
  const engine = report?.engines.find(({ name }) => name === 'QueryEngine')
  const finding = report?.findings.find((each) => each.engine === engine?.id)
  if (report === undefined || finding === undefined) {
    throw new Error(
      `Expected a ${trigger} report with a finding on QueryEngine; got ${JSON.stringify(report)}`,
    )
  }
  return { report, finding }
}

/** Fifty were not stopped; a loaded machine may have more than those start. */
function expectMissedStop(report: Report, { engine, siblings }: Finding): void {
  const site = report.engines.find(({ id }) => id === engine)?.site
  expect(site).toMatchObject({ file: join(incident, 'service.js'), line: lineOf('await engine.start()') })
  expect(siblings?.stopped).toBeGreaterThan(100)
  expect(siblings?.started).toBe((siblings?.stopped ?? 0) + 50)
  expect(siblings?.stoppedAt).toMatchObject([
    { file: join(incident, 'service.js'), line: lineOf('await engine.stop()') },
  ])
}

function lineOf(code: string): number {
  const lines = readFileSync(join(incident, 'service.js'), 'utf8').split('\n')
  return lines.findIndex((line) => line.trim() === code) + 1
}

function handleNames(report: Report, { handles }: Pick<Finding, 'handles'>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { id, name } of report.handles) {
    if (handles.includes(id)) counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** What differs from run to run is put in its place. */
function stallText(text: string): string {
  const report = /^leakwatch: .+ still alive [\s\S]*?\n(?=\n──)/m.exec(text)?.[0] ?? ''
  return report
    .replace(/pid \d+/, 'pid 1')
    .replace(/up to \d+ s ago and never stopped +/, 'up to 5 s ago and never stopped      ')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:5432')
    .replace(/\d+ of \d+ started/, '450 of 500 started')
    .replace(/\d+ engines started, \d+ stopped/, '502 engines started, 451 stopped')
    .replace(/up \d+ s$/m, 'up 6 s')
    .replace(/\+\d+ ms {2}http\.Server {2} *━+ +(?:<?\d+ ms)$/m, '+0 ms  http.Server  ━━━  2 ms')
}
