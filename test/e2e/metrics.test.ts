import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { type Outcome, Project, root } from './project.ts'

const packages = {
  'prom-client': fileURLToPath(new URL('../../node_modules/prom-client', import.meta.url)),
  '@opentelemetry': fileURLToPath(new URL('../../node_modules/@opentelemetry', import.meta.url)),
}

const engines = `
class OrderEngine {
  start() { this.timer = setInterval(() => {}, 1000) }
  stop() { clearInterval(this.timer) }
}
const engines = [1, 2, 3].map(() => new OrderEngine())
for (const engine of engines) engine.start()
engines[0].stop()
`

const files = {
  'package.json': '{ "name": "shop" }',
  'imports.mjs': `import 'leakwatch/prometheus'
import { register } from 'prom-client'
${engines}
console.log(await register.metrics())
process.exit()`,
  'requires.cjs': `require('leakwatch/prometheus')
const { register } = require('prom-client')
${engines}
register.metrics().then((text) => { console.log(text); process.exit() })`,
  'registry.mjs': `import { collect } from 'leakwatch/prometheus'
import { Registry, register } from 'prom-client'
const own = new Registry()
const undo = collect(own)
const count = async (registry) => (await registry.getMetricsAsJSON()).length
console.log('own', await count(own), 'global', await count(register))
own.clear()
const again = collect(own)
console.log('own', await count(own))
undo()
console.log('own', await count(own))
again()
again()
console.log('own', await count(own))`,
  'cluster.mjs': `import 'leakwatch/prometheus'
import { AggregatorRegistry, register } from 'prom-client'
${engines}
const worker = await register.getMetricsAsJSON()
const sum = await AggregatorRegistry.aggregate([worker, worker]).metrics()
console.log(sum.split('\\n').filter((line) => /^leakwatch_(engines_running|info)/.test(line)).join('\\n'))
process.exit()`,
  'misuse.mjs': `import { collect as prometheus } from 'leakwatch/prometheus'
import { collect as otel } from 'leakwatch/otel'
for (const [collect, value] of [[prometheus, {}], [prometheus, null], [otel, 'meters']])
  try { collect(value) } catch (error) { console.log(error.name, error.code) }`,
  'openmetrics.mjs': `import { collect } from 'leakwatch/prometheus'
import { Registry } from 'prom-client'
const own = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
collect(own)
${engines}
console.log(await own.metrics())
process.exit()`,
  'found.mjs': `import 'leakwatch/prometheus'
import { register } from 'prom-client'
class Poller {
  start() { this.timers = [setInterval(() => {}, 1000), setInterval(() => {}, 1000)] }
  stop() { clearInterval(this.timers[0]) }
}
class Twice {
  start() { this.timer = setInterval(() => {}, 1000) }
  stop() { clearInterval(this.timer) }
}
class Failing {
  async start() { setInterval(() => {}, 1000); await null; throw new Error('no') }
  stop() {}
}
class Parent {
  start() { this.child = new Twice(); this.child.start() }
  stop() {}
}
const [poller, twice, failing, parent] = [new Poller(), new Twice(), new Failing(), new Parent()]
for (const engine of [poller, parent]) engine.start()
for (const engine of [poller, parent]) engine.stop()
twice.start()
twice.start()
failing.start().catch(() => {})
const read = async () => {
  const text = await register.getSingleMetricAsString('leakwatch_findings')
  if (text.split('leakwatch_findings{').length < 5) return void setTimeout(read, 200)
  console.log(text)
  process.exit()
}
read()`,
  'places.mjs': `import 'leakwatch/prometheus'
import { register } from 'prom-client'
import { starts } from './generated.mjs'
for (const start of starts) start()
const lines = (await register.metrics()).split('\\n')
console.log(lines.filter((line) => line !== '' && !line.startsWith('#')).length)
console.log(lines.filter((line) => line.includes('"other"')).join('\\n'))
// A report of 100,000 engines takes a while.
process.kill(process.pid, 'SIGKILL')`,
  // A function each: V8 takes long to find a line in a large one.
  'generated.mjs': `import { openEngine } from 'leakwatch'
export const starts = [
${"() => openEngine('generated'),\n".repeat(100_000)}]`,
  'otel.mjs': `import 'leakwatch/otel'
import { metrics } from '@opentelemetry/api'
import { InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
${engines}
const exporter = new InMemoryMetricExporter(1)
const readers = [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 100_000 })]
const provider = new MeterProvider({ readers })
// Later than the import, as SDKs are.
setTimeout(() => metrics.setGlobalMeterProvider(provider), 50)
setTimeout(async () => {
  await provider.forceFlush()
  for (const { metrics } of exporter.getMetrics()[0].scopeMetrics)
    for (const { descriptor: { name, type, unit }, dataPoints } of metrics)
      for (const { attributes, value } of dataPoints)
        console.log(name, type, unit, JSON.stringify(attributes), Number.isInteger(value) ? value : 'fraction')
  process.exit()
}, 1000)`,
}

const project = new Project(files, packages)
afterAll(() => project.remove())

const quiet = { LEAKWATCH_FORMAT: 'none' }

function watched(file: string, env: Record<string, string> = {}): Promise<Outcome> {
  return project.run(['--require', 'leakwatch', file], { ...quiet, ...env })
}

function samples(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('leakwatch_engines_'))
}

describe('leakwatch/prometheus', () => {
  for (const file of ['imports.mjs', 'requires.cjs'])
    it(`registers with prom-client's global registry (${file})`, async () => {
      const { output, stderr, code } = await watched(file)
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
      const labels = `{engine="OrderEngine",site="${file}:9"}`
      expect(samples(output).map((each) => each.replace(/0\.\d+$/, '0'))).toEqual([
        `leakwatch_engines_running${labels} 2`,
        `leakwatch_engines_started_total${labels} 3`,
        `leakwatch_engines_stopped_total${labels} 1`,
        `leakwatch_engines_oldest_age_seconds${labels} 0`,
      ])
      expect(output).toContain('leakwatch_handles{type="Timeout"} 2\n')
      expect(output).toMatch(/leakwatch_info\{service="shop",version="[\d.]+",node="v[\d.]+"\} 1\n/)
    })

  it('registers with another registry instead, also once that was cleared, and undoes that', async () => {
    const { output } = await watched('registry.mjs')
    expect(output).toBe('own 15 global 0\nown 15\nown 15\nown 0\n')
  })

  it('counters are those of OpenMetrics, where the registry says so', async () => {
    const { output } = await watched('openmetrics.mjs')
    expect(output).toContain('# TYPE leakwatch_engines_started counter\n')
    expect(output).toMatch(/leakwatch_engines_started_total\{.*\} 3\n/)
    expect(output.trimEnd()).toMatch(/# EOF$/)
  })

  it('adds up the workers of a cluster', async () => {
    const { output } = await watched('cluster.mjs')
    expect(output.replace(/\{.*\}/g, '')).toBe('leakwatch_info 1\nleakwatch_engines_running 4\n')
  })

  it('tells what the last check has found, of all kinds', async () => {
    const { output } = await watched('found.mjs', { LEAKWATCH_CHECK_MS: '300' })
    const found = output.split('\n').filter((line) => line.startsWith('leakwatch_findings'))
    expect(found.sort()).toEqual([
      'leakwatch_findings{kind="restarted",engine="Twice",site="found.mjs:22"} 1',
      'leakwatch_findings{kind="start-failed",engine="Failing",site="found.mjs:24"} 1',
      'leakwatch_findings{kind="stop-incomplete",engine="Parent",site="found.mjs:20"} 1',
      'leakwatch_findings{kind="stop-incomplete",engine="Poller",site="found.mjs:20"} 1',
    ])
  })

  it('has under 500 series, whatever a program generates: 100,000 places', async () => {
    const { output } = await watched('places.mjs')
    const [series, ...others] = output.trimEnd().split('\n')
    expect(Number(series)).toBeGreaterThan(300)
    expect(Number(series)).toBeLessThan(500)
    expect(others.slice(0, 2)).toEqual([
      'leakwatch_engines_running{engine="other",site="other"} 99920',
      'leakwatch_engines_started_total{engine="other",site="other"} 99920',
    ])
  })

  it('throws a TypeError where it is given something else', async () => {
    const { output } = await watched('misuse.mjs')
    const code = 'TypeError LEAKWATCH_METRICS_'
    expect(output).toBe(`${code}REGISTRY\n${code}REGISTRY\n${code}METERS\n`)
  })

  it('says in one line that leakwatch does not watch, or is off, and the program goes on', async () => {
    const line = /^LEAKWATCH_METRICS_UNWATCHED: expected `leakwatch\/prometheus` in a process .*\n$/
    const unwatched = await project.run(['imports.mjs'], quiet)
    const off = await watched('imports.mjs', { LEAKWATCH: 'off' })
    for (const { stderr, code } of [unwatched, off]) {
      expect(stderr).toMatch(line)
      expect(code).toBe(0)
    }
  })
})

describe('leakwatch/otel', () => {
  it('has a meter provider tell the metrics that the program sets later', async () => {
    const { output, stderr } = await watched('otel.mjs')
    expect(stderr).toBe('')
    const place = '{"leakwatch.engine.name":"OrderEngine","code.file.path":"otel.mjs","code.line.number":10}'
    const lines = output.split('\n')
    expect(lines.filter((line) => line.includes('OrderEngine'))).toEqual([
      `leakwatch.engine.count OBSERVABLE_UP_DOWN_COUNTER {engine} ${place} 2`,
      `leakwatch.engine.started OBSERVABLE_COUNTER {engine} ${place} 3`,
      `leakwatch.engine.stopped OBSERVABLE_COUNTER {engine} ${place} 1`,
      `leakwatch.engine.oldest_age OBSERVABLE_GAUGE s ${place} fraction`,
    ])
    expect(lines).toContain('leakwatch.fault.count OBSERVABLE_COUNTER {fault} {} 0')
  })
})

it('the peers are optional', async () => {
  const { default: manifest } = await import(`${root}/package.json`, { with: { type: 'json' } })
  const meta = manifest.peerDependenciesMeta as Record<string, { optional: boolean }>
  expect(Object.keys(manifest.peerDependencies)).toEqual(Object.keys(meta))
  expect(Object.values(meta).every(({ optional }) => optional)).toBe(true)
})
