/** A fleet as its owners see it: twenty watched processes, a real Prometheus that scrapes them, and the rules of `leakwatch init prometheus`. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
// @ts-expect-error a program, not a module with types
import { Database } from '../../fixtures/incident/database.js'
import { prometheusRules } from '../../src/cli/monitoring/prometheus-rules.ts'
import { inherited, node, required } from '../e2e/program.ts'

const mode = process.env.TEST_SERVICES
const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0
const isSkipped = mode === undefined || (mode !== 'required' && !hasPrometheus)
const why = mode === undefined ? 'npm run test:services' : hasPrometheus ? '' : 'no prometheus here'

const incident = fileURLToPath(new URL('../../fixtures/incident/', import.meta.url))
const fleet = fileURLToPath(new URL('fleet/', import.meta.url))
const metricsServer = new URL('fleet/metrics-server.js', import.meta.url).href
const scrapeMs = 1000
const patienceMs = 45_000
const healthy = 17
/** A leak is found by then. */
const foundAfterMs = 13_000

interface Line {
  event: string
  kind: string
  name: string
  timestamp: string
}

interface Alert {
  state: string
  activeAt: string
  labels: Record<string, string>
}

/** A watched process that serves its metrics. */
class Member {
  readonly #service: string
  readonly #file: string
  readonly #env: Record<string, string>
  #child: ChildProcess | null = null
  /** Of its metrics. */
  address = ''
  /** Of the incident's service. */
  url = ''
  readonly findings: Line[] = []

  constructor(service: string, file: string, env: Record<string, string> = {}) {
    this.#service = service
    this.#file = file
    this.#env = env
  }

  async start(file: string = this.#file, env: Record<string, string> = this.#env): Promise<void> {
    const child = spawn(node, ['--require', required, '--import', metricsServer, file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...inherited(),
        LEAKWATCH_SERVICE: this.#service,
        LEAKWATCH_CHECK_MS: '1000',
        LEAKWATCH_FORMAT: 'ndjson',
        ...(this.address === '' ? {} : { METRICS_PORT: this.address.split(':')[1] }),
        ...env,
      },
    })
    this.#child = child
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#hear(text))
    const isService = file.startsWith(incident)
    let said = ''
    for await (const text of child.stdout.setEncoding('utf8')) {
      said += text
      this.address = /^metrics (\S+)$/m.exec(said)?.[1] ?? ''
      this.url = /^http:\S+$/m.exec(said)?.[0] ?? ''
      if (this.address !== '' && (!isService || this.url !== '')) break
    }
  }

  #hear(text: string): void {
    for (const line of text.split('\n').filter((each) => each.startsWith('{')))
      this.findings.push(JSON.parse(line) as Line)
  }

  async end(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

/** Prometheus, on a port of its own. */
class Prometheus {
  readonly #folder = mkdtempSync(join(tmpdir(), 'leakwatch-fleet-'))
  #child: ChildProcess | null = null
  #url = ''

  async start(targets: string[]): Promise<void> {
    const config = {
      global: { scrape_interval: `${scrapeMs}ms`, evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'fleet', static_configs: [{ targets }] }],
    }
    // JSON is YAML.
    writeFileSync(join(this.#folder, 'prometheus.yml'), JSON.stringify(config))
    writeFileSync(join(this.#folder, 'rules.yml'), prometheusRules())
    const address = `127.0.0.1:${await freePort()}`
    this.#url = `http://${address}`
    const flags = [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=${address}`,
    ]
    this.#child = spawn('prometheus', flags, { cwd: this.#folder, stdio: 'ignore' })
    while (!(await fetch(`${this.#url}/-/ready`).catch(() => null))?.ok) await sleep(100)
  }

  async alerts(): Promise<Alert[]> {
    const { data } = (await this.#ask('alerts')) as { data: { alerts: Alert[] } }
    return data.alerts.filter(({ state }) => state === 'firing')
  }

  /** How often it has asked this process in that time. */
  async scrapes(address: string, from: number, to: number): Promise<number> {
    const { data } = (await this.#ask(`query?query=up{instance="${address}"}[2m]`)) as {
      data: { result: { values: [number, string][] }[] }
    }
    const times = data.result.flatMap(({ values }) => values.map(([seconds]) => seconds * 1000))
    return times.filter((at) => at > from && at <= to).length
  }

  /** How many targets answer. */
  async up(): Promise<number> {
    const { data } = (await this.#ask('query?query=sum(up)')) as {
      data: { result: { value: [number, string] }[] }
    }
    return Number(data.result[0]?.value[1] ?? 0)
  }

  async #ask(path: string): Promise<unknown> {
    return (await fetch(`${this.#url}/api/v1/${path}`)).json()
  }

  async end(): Promise<void> {
    const child = this.#child
    if (child !== null && child.exitCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** `LeakwatchEnginesGrowing: checkout QueryEngine service.js:7` */
function told({ labels }: Alert): string {
  const { alertname, service, engine, site = '' } = labels
  return `${alertname}: ${service} ${engine} ${site.replace(/^.*\//, '')}`
}

async function until<T>(find: () => Promise<T | null>, what: string): Promise<T> {
  const patience = performance.now() + patienceMs
  while (performance.now() < patience) {
    const found = await find()
    if (found !== null) return found
    await sleep(100)
  }
  throw new Error(`expected ${what} within ${patienceMs / 1000} s`)
}

describe.skipIf(isSkipped)(`a fleet of twenty processes (${why})`, () => {
  const database = new Database()
  const sessions = join(fleet, 'sessions.js')
  const checkout = new Member('checkout', join(incident, 'service.js'))
  const slow = ['mail', 'search'].map((service) => new Member(service, sessions, { FORGETS: '30' }))
  const others = Array.from({ length: healthy }, (_, at) => new Member(`service-${at + 1}`, sessions))
  const members = [checkout, ...slow, ...others]
  const prometheus = new Prometheus()
  let isOver = false

  afterAll(async () => {
    isOver = true
    await Promise.all(members.map((member) => member.end()))
    await prometheus.end()
    await database.close()
  })

  /** An order each 50 ms, whatever comes of it. */
  async function traffic(): Promise<void> {
    for (let order = 1; !isOver; order += 1) {
      await fetch(`${checkout.url}/orders/${order}`)
        .then((response) => response.text())
        .catch(() => {})
      await sleep(50)
    }
  }

  it('an alert names the service, the engine and the line within two scrapes, and clears with the fix', async () => {
    const DATABASE_PORT = String(await database.listen())
    await Promise.all([
      checkout.start(undefined, { DATABASE_PORT }),
      ...[...slow, ...others].map((member) => member.start()),
    ])
    await prometheus.start(members.map(({ address }) => address))
    const driven = traffic()

    const leaks = [
      { member: checkout, alert: /^LeakwatchEngines(?:Growing|Left): checkout QueryEngine service\.js:7$/ },
      ...slow.map((member, at) => ({
        member,
        alert: new RegExp(
          `^LeakwatchEngines(?:Growing|Left): ${['mail', 'search'][at]} Session sessions\\.js:16$`,
        ),
      })),
    ]
    for (const { member, alert } of leaks) {
      const fired = await until(
        async () => (await prometheus.alerts()).find((each) => alert.test(told(each))) ?? null,
        String(alert),
      )
      const [first] = member.findings.filter(({ event }) => event === 'leakwatch.finding')
      const [foundAt, firedAt] = [Date.parse(first?.timestamp ?? ''), Date.parse(fired.activeAt)]
      const scrapes = await prometheus.scrapes(member.address, foundAt, firedAt)
      console.log(`${told(fired)}: ${firedAt - foundAt} ms and ${scrapes} scrapes after the first finding`)
      expect(scrapes).toBeGreaterThan(0)
      expect(scrapes).toBeLessThanOrEqual(2)
    }
    // Nobody else is accused.
    const accused = new Set((await prometheus.alerts()).map(({ labels }) => labels.service))
    expect([...accused].sort()).toEqual(['checkout', 'mail', 'search'])

    const from = performance.now()
    await Promise.all([checkout, ...slow].map((member) => member.end()))
    await Promise.all([
      checkout.start(join(incident, 'service.fixed.js'), { DATABASE_PORT }),
      ...slow.map((member) => member.start(sessions, {})),
    ])
    await until(
      async () => ((await prometheus.alerts()).length === 0 ? true : null),
      'no alert after the fix',
    )
    console.log(`no alert ${Math.round(performance.now() - from)} ms after the leaking processes were ended`)
    await until(async () => ((await prometheus.up()) === members.length ? true : null), 'all processes up')
    await sleep(foundAfterMs)
    expect(await prometheus.alerts()).toEqual([])
    isOver = true
    await driven
  }, 100_000)
})
