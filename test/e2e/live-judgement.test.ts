import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
// @ts-expect-error a program, not a module with types
import { Database } from '../../fixtures/incident/database.js'
import { type Child, inherited, node, nodeVersion, preload, runProgram } from './program.ts'

/** Time is the subject: nothing is overdue before it has run for 10 s. All programs run at once. */
const checkMs = 3400
const patienceMs = 60_000

interface Line {
  event: string
  kind: string
  name: string
  id: string
  count?: number
  level: string
  message: string
  site: { file: string; line: number }
}

function lines(stderr: string): Line[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

/** `leakwatch.finding overdue QueryEngine at service.js:7`. */
function told(stderr: string): string[] {
  return lines(stderr).map(
    ({ event, kind, name, site }) =>
      `${event} ${kind} ${name} at ${site.file.split(/[\\/]/).at(-1)}:${site.line}`,
  )
}

const incident = fileURLToPath(new URL('../../fixtures/incident/', import.meta.url))

/** What a service of the incident says of itself while it answers a request every 50 ms. */
async function incidentUnderLoad(file: string, database: number, forMs: number): Promise<string> {
  const service = spawn(node, ['--import', preload, file], {
    cwd: incident,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited(), DATABASE_PORT: String(database), LEAKWATCH_CHECK_MS: String(checkMs) },
  })
  const said = textOf(service)
  const [url] = (await once(service.stdout.setEncoding('utf8'), 'data')) as [string]
  const until = performance.now() + forMs
  for (let order = 1; performance.now() < until; order += 1) {
    await (await fetch(`${url.trim()}/orders/${order}`)).text()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  service.kill('SIGKILL')
  await once(service, 'close')
  return said()
}

function textOf({ stderr }: ChildProcess): () => string {
  let text = ''
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}

const engineClass = (name: string) => `class ${name} {
  start() { this.timer = setInterval(() => {}, 60_000) }
  stop() { clearInterval(this.timer) }
}`

/** What healthy programs do, each in a block of its own. `started(Name)` gives a new engine that runs; times are in milliseconds. */
const healthy: [what: string, source: string][] = [
  [
    // Kept: what nobody has is collected, and rightly told of; by small collections too since Node 26.
    'a server that starts a fixed set of engines once',
    `const fixed = (globalThis.fixed = [])
    for (let i = 0; i < 5; i += 1) fixed.push(started(Fixed))`,
  ],
  [
    'a pool that grows to its size and stays',
    `const grow = setInterval(() => { if (pool.push(started(Pooled)) === 12) clearInterval(grow) }, 500)
    const pool = (globalThis.pool = [])`,
  ],
  [
    'a job that comes again and again, and takes now longer, now shorter',
    `let turn = 0
    every(600, () => stopIn(started(Job), turn++ % 3 === 0 ? 400 : 20))`,
  ],
  [
    'a burst that ends',
    `every(100, () => stopIn(started(Bursting), 10))
    setTimeout(() => { for (let i = 0; i < 200; i += 1) stopIn(started(Bursting), 4000 + i * 10) }, 4000)`,
  ],
  [
    'short and long connections from one place, side by side',
    `let turn = 0
    every(30, () => stopIn(started(Connection), turn++ % 10 === 0 ? 5000 : 20))`,
  ],
  [
    'traffic that ramps up slowly and levels off',
    `const from = performance.now()
    every(100, () => {
      const requests = Math.min(8, 1 + (performance.now() - from) / 1500)
      for (let i = 0; i < requests; i += 1) stopIn(started(Request), 300)
    })`,
  ],
  ['engines that are dropped, and never held anything', `every(50, () => new Empty().start())`],
]

const names = ['Fixed', 'Pooled', 'Job', 'Bursting', 'Connection', 'Request']
const head = `${names.map(engineClass).join('\n')}
class Empty { start() { this.on = true } stop() { this.on = false } }
const started = (Engine) => { const engine = new Engine(); engine.start(); return engine }
const stopIn = (engine, ms) => setTimeout(() => engine.stop(), ms)
const every = (ms, run) => setInterval(run, ms)
`
/** Each place starts its own: a helper would make all of them siblings, by its line. */
const inline = (source: string) =>
  source.replace(/started\((\w+)\)/g, '(() => { const engine = new $1(); engine.start(); return engine })()')

const lives = (ms: number) => `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms})`

/** Leaks of which most siblings are stopped, and of which none is; the first ends after a while. */
const leaking = `${engineClass('Leaking')}
${engineClass('Piling')}
${engineClass('Dropped')}
${engineClass('Inner')}
class Session {
  start() { this.inner = new Inner(); this.inner.start(); this.timer = setInterval(() => {}, 60_000) }
  stop() { this.inner.stop(); clearInterval(this.timer) }
}
const kept = []
let turn = 0
const leak = setInterval(() => {
  const engine = new Leaking(); engine.start()
  if (turn++ % 5 === 0) kept.push(engine)
  else setTimeout(() => engine.stop(), 10)
  const session = new Session(); session.start()
  if (turn % 5 === 0) kept.push(session)
  else setTimeout(() => session.stop(), 10)
  const piling = new Piling(); piling.start()
  kept.push(piling)
}, 40)
new Dropped().start()
setTimeout(gc, 1000)
process.once('SIGHUP', () => { clearInterval(leak); for (const engine of kept) engine.stop() })
console.log('ready')
`

/** Has it stop them once all is found, and ends it once all is over but what nothing can stop. */
async function untilOver(child: Child): Promise<void> {
  let text = ''
  let isAsked = false
  const count = (event: string) => text.split(`"event":"leakwatch.${event}"`).length - 1
  child.stderr.on('data', (chunk: string) => {
    text += chunk
    if (count('finding') === 5 && !isAsked) {
      isAsked = true
      child.kill('SIGHUP')
    }
    if (count('resolved') === 4) child.kill('SIGKILL')
  })
}

describe(`a live process, on Node ${nodeVersion}`, () => {
  let leaky = ''
  let fixed = ''
  let clean = ''
  let stopped = ''
  let ended = ''

  beforeAll(async () => {
    const database = new Database()
    const port = await database.listen()
    const quick = { LEAKWATCH_FORMAT: 'ndjson', LEAKWATCH_CHECK_MS: '500' }
    const suspended = runProgram(
      `${engineClass('Request')}
      setInterval(() => { const engine = new Request(); engine.start(); setTimeout(() => engine.stop(), 600) }, 20)
      console.log('ready')
      ${lives(14_500)}`,
      {
        env: quick,
        whenReady: async (child) => {
          await new Promise((resolve) => setTimeout(resolve, 1500))
          child.kill('SIGSTOP')
          await new Promise((resolve) => setTimeout(resolve, 11_000))
          child.kill('SIGCONT')
        },
      },
    )
    const blocks = healthy.map(([, source]) => `{ ${inline(source)} }`).join('\n')
    const runs = await Promise.all([
      incidentUnderLoad('service.js', port, checkMs * 4 + 900),
      incidentUnderLoad('service.fixed.js', port, checkMs * 4 + 900),
      runProgram(`${head}${blocks}\n${lives(14_500)}`, { env: quick }),
      suspended,
      runProgram(leaking, {
        env: quick,
        flags: ['--expose-gc', '--import', preload],
        whenReady: untilOver,
        patienceMs: 30_000,
      }),
    ])
    leaky = runs[0]
    fixed = runs[1]
    clean = runs[2].stderr
    stopped = runs[3].stderr
    ended = runs[4].stderr
    await database.close()
  }, patienceMs)

  it('names the incident as overdue and growing within three checks after a first count, and nothing else', () => {
    expect(told(leaky).toSorted()).toEqual([
      'leakwatch.finding growing QueryEngine at service.js:7',
      'leakwatch.finding overdue QueryEngine at service.js:7',
    ])
    for (const { level, message } of lines(leaky)) {
      expect(level).toBe('error')
      expect(message).toMatch(/^(\d+ QueryEngine (run now|have been running)|QueryEngine has been running)/)
    }
  })

  it('says nothing of the fixed service', () => {
    expect(fixed).toBe('')
  })

  it(`says nothing of ${healthy.map(([what]) => what).join('; ')}`, () => {
    expect(told(clean)).toEqual([])
  })

  it('says nothing of a process that was stopped for a while, and of the requests that were in flight', () => {
    expect(told(stopped)).toEqual([])
  })

  it('tells each once when it appears, and once when it is over; blames the outer engine alone', () => {
    const found = told(ended).filter((line) => line.startsWith('leakwatch.finding '))
    const over = told(ended).filter((line) => line.startsWith('leakwatch.resolved '))
    const without = (line: string) => line.replace(/^\S+ (.*) at program\.mjs:\d+$/, '$1')
    const leaks = ['growing Leaking', 'growing Session', 'overdue Leaking', 'overdue Session']
    expect(found.map(without).toSorted()).toEqual(['abandoned Dropped', ...leaks])
    expect(over.map(without).toSorted()).toEqual(leaks)
    const all = lines(ended)
    const foundIds = all.filter(({ event }) => event === 'leakwatch.finding').map(({ id }) => id)
    expect(new Set(foundIds).size).toBe(foundIds.length)
    expect(all.every(({ id }) => foundIds.includes(id))).toBe(true)
  })
})
