import { describe, it, vi } from 'vitest'
import { inShort, nodeVersion, runProgram } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 30_000 })

const program = (body: string) => `import { createServer } from 'node:http'
import { exit } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
const server = createServer().listen(0, () => process.kill(process.pid, 'SIGTERM'))
const close = () => new Promise((resolve) => server.close(resolve))
${body}`
const onSignal = (body: string) => program(`process.once('SIGTERM', async () => { ${body} })`)

const bounded: Record<string, string> = {
  'an arrow function': onSignal('setTimeout(() => process.exit(1), 30_000); await close(); process.exit()'),
  'an imported exit': onSignal('setTimeout(() => exit(1), 30_000); await close(); process.exit()'),
  'exit itself': onSignal('setTimeout(process.exit, 30_000, 1); await close(); process.exit()'),
  'a bound exit': onSignal('setTimeout(process.exit.bind(null, 1), 30_000); await close(); process.exit()'),
  'a function of the program': program(`function forceExit() { process.exitCode = 1; process.exit() }
    process.once('SIGTERM', async () => { setTimeout(() => forceExit(), 30_000); await close(); process.exit() })`),
  'a kill': onSignal(
    "setTimeout(() => process.kill(process.pid, 'SIGKILL'), 30_000); await close(); process.exit()",
  ),
  'a throw': onSignal(
    "setTimeout(() => { throw new Error('too slow') }, 30_000); await close(); process.exit()",
  ),
  'after an await': onSignal(
    'await sleep(5); setTimeout(() => process.exit(1), 30_000); await close(); process.exit()',
  ),
  'that is not cleared before the last resort': onSignal(
    "setTimeout(() => process.abort(), 30_000).unref(); await close(); process.kill(process.pid, 'SIGTERM')",
  ),
  'a race against a promise': onSignal('await Promise.race([close(), sleep(30_000)]); process.exit()'),
  'a race against a promisified timer': onSignal(
    'await Promise.race([close(), promisify(setTimeout)(30_000)]); process.exit()',
  ),
  'a race that rejects': onSignal(
    "await Promise.race([close(), new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 30_000))]); process.exit()",
  ),
  'a timer of the engine that is stopped': program(`class App {
      start() { this.beat = setInterval(() => {}, 1000) }
      async stop() { this.guard = setTimeout(() => process.exit(1), 30_000); clearInterval(this.beat); await close() }
    }
    const app = new App(); app.start()
    process.once('SIGTERM', async () => { await app.stop(); process.exit() })`),
}

const guilty: Record<string, [source: string, found: string]> = {
  'one that does something else': [
    onSignal('setTimeout(() => server.listen(0), 30_000); await close(); process.exit()'),
    'leak orphan setTimeout',
  ],
  'an interval': [
    onSignal('setInterval(() => process.exit(1), 30_000); await close(); process.exit()'),
    'leak orphan setInterval',
  ],
  'one that was there before': [
    program(`setTimeout(() => process.exit(1), 30_000)
      process.once('SIGTERM', async () => { await close(); process.exit() })`),
    'leak orphan setTimeout',
  ],
  'one without a signal': [
    `import { setTimeout as sleep } from 'node:timers/promises'
    setTimeout(() => process.exit(1), 30_000); await sleep(20); process.exit()`,
    'leak orphan setTimeout',
  ],
}

describe(`the watchdog of a shutdown, on Node ${nodeVersion}`, () => {
  for (const [name, source] of Object.entries(bounded)) {
    it.concurrent(`is no finding: ${name}`, async ({ expect }) => {
      const run = await runProgram(source, { env: { LEAKWATCH_FAIL: 'on' } })
      expect(run).toMatchObject({ stderr: '', reports: [] })
      expect([run.code, run.signal]).toEqual(run.signal === null ? [0, null] : [null, 'SIGTERM'])
    })
  }

  for (const [name, [source, found]] of Object.entries(guilty)) {
    it.concurrent(`is something else: ${name}`, async ({ expect }) => {
      const run = await runProgram(source, {
        env: { LEAKWATCH_FAIL: 'on' },
      })
      expect(inShort(run)).toEqual([`exit: ${found}`])
      expect(run.code).toBe(23)
    })
  }

  it.concurrent('is none in a shutdown that stalls, where it stays among the handles', async ({ expect }) => {
    const run = await runProgram(
      `process.once('SIGTERM', () => { setTimeout(() => process.exit(1), 500) })
      setInterval(() => {}, 1000)
      console.log('ready')`,
      { env: { LEAKWATCH_STALL_MS: '100' }, whenReady: (child) => void child.kill('SIGTERM') },
    )
    expect(inShort(run)[0]).toBe('stall: leak orphan setInterval')
    expect(run.reports[0]?.handles.map(({ name }) => name)).toEqual(['setInterval', 'setTimeout'])
  })
})
