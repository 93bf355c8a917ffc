/** Projects as users have them, run by the vitest of `node_modules`: who is blamed, for which test and line, and who is not. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import { node, nodeVersion } from './program.ts'
import { blamedTest, expectedLeaks, failedTests, library, type Outcome, Project, root } from './project.ts'

vi.setConfig({ maxConcurrency: 2, testTimeout: 90_000 })

/** Another version than the one here, where `test/runners.js` has fetched it. */
const runner = process.env.RUNNER_UNDER_TEST ?? join(root, 'node_modules/vitest')
const { version: full } = JSON.parse(readFileSync(join(runner, 'package.json'), 'utf8')) as {
  version: string
}
const version = Number.parseInt(full, 10)
let project: Project

/** TypeScript, with lines that a compiler takes away: places have to be mapped back. */
const engine = `interface Ticking { start(): void; stop(): void }

export class Engine implements Ticking {
  timer: ReturnType<typeof setInterval> | undefined
  start(): void {
    this.timer = setInterval(() => {}, 1000)
  }
  stop(): void {
    clearInterval(this.timer)
  }
}
`
const imports = `import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { allowLeak } from 'leakwatch/vitest'
import { Engine } from './engine'
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const started = () => { const engine = new Engine(); engine.start(); return engine }
`

/** What is blamed is said at the end of its line: `// leak: <test>`. */
const files: Record<string, string> = {
  'leaks.test.ts': `${imports}
describe('orders', () => {
  beforeAll(() => { new Engine().start() }) // leak: orders > beforeAll
  beforeEach(() => { if (expect.getState().currentTestName?.endsWith('plain')) new Engine().start() }) // leak: orders > plain > beforeEach
  test('plain', () => { new Engine().start() }) // leak: orders > plain
  test('after an await', async () => { await wait(1); new Engine().start() }) // leak: orders > after an await
  test('in a timer', async () => { await new Promise<void>((done) => setTimeout(() => {
    new Engine().start(); done() }, 1)) }) // leak: orders > in a timer
})
test.fails('is meant to fail', () => { new Engine().start(); expect(1).toBe(2) }) // leak: is meant to fail
let tries = 0
test('is retried', { retry: 2 }, () => { tries += 1
  const engine = new Engine(); engine.start() // leak: is retried
  expect(tries).toBe(2); engine.stop() })
test('an interval of nobody', () => { setInterval(() => {}, 1000) }) // leak: an interval of nobody
`,
  'concurrent.test.ts': `${imports}
describe.concurrent('side by side', () => {
  test('one', async () => { await wait(5); new Engine().start(); await wait(5) }) // leak: side by side > one
  test('two', async () => { await wait(3); const engine = started(); await wait(9); engine.stop() })
  test('three', async () => { await wait(6); new Engine().start() }) // leak: side by side > three
})
`,
  'fails.test.ts': `${imports}
test('fails before its stop', () => {
  const engine = new Engine(); engine.start() // leak: fails before its stop
  expect('a').toBe('b'); engine.stop() })
test('takes too long', { timeout: 50 }, async () => {
  const engine = new Engine(); engine.start() // leak: takes too long
  await wait(5000); engine.stop() })
`,
  'clean.test.ts': `${imports}
let outer: Engine
beforeAll(() => { outer = started() })
afterAll(() => outer.stop())
beforeAll(() => { const engine = started(); return () => engine.stop() })
let each: Engine
beforeEach(() => { each = started() })
afterEach(() => each.stop())
test('matches', () => {
  const engine = started(); expect(engine).not.toBeStopped(); engine.stop(); expect(engine).toBeStopped() })
test('closes late', () => { const engine = started(); setTimeout(() => engine.stop(), 100) })
test('comes after it', () => {})
test.skip('is skipped', () => { new Engine().start() })
test('is allowed to', () => { allowLeak('lives as long as the worker'); new Engine().start() })
test('retried', { retry: 1 }, ({ task }) => { const engine = started(); engine.stop(); expect(task.result?.retryCount).toBe(1) })
test('fetches', async () => {
  const { createServer } = await import('node:http')
  const server = createServer((_, response) => response.end('ok')).listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  await (await fetch('http://localhost:' + (server.address() as { port: number }).port)).text()
  server.close() })
const withFixtures = test.extend<{ ofFile: Engine; ofWorker: Engine }>({
  ofFile: [async ({}, use) => { const engine = started(); await use(engine); engine.stop() }, { scope: 'file' }],
  ofWorker: [async ({}, use) => { const engine = started(); await use(engine); engine.stop() }, { scope: 'worker' }],
})
withFixtures('has fixtures that outlive it', ({ ofFile, ofWorker }) => { expect(ofFile).not.toBe(ofWorker) })
test('finishes', ({ onTestFinished }) => { const engine = started(); onTestFinished(() => engine.stop()) })
test.concurrent('side by side', async () => { const engine = started(); await wait(2); engine.stop() })
`,
  'fake-timers.test.ts': `${imports}
beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })
test('holds nothing', () => { new Engine().start(); vi.advanceTimersByTime(5000) })
`,
  'fake-timers-leak.test.ts': `${imports}import { createServer } from 'node:net'
test('holds a server', async () => {
  vi.useFakeTimers(); const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, resolve)) }) // leak: holds a server
`,
  'library.test.ts': `import { WebSocketServer } from 'ws'
${imports}
test('leaves a server', () => {
  new WebSocketServer() }) // leak: leaves a server
test('closes its server', () => { new WebSocketServer().close() })
`,
  'each.test.ts': `${imports}
describe('each', () => {
  let engine: Engine
  beforeEach(() => {
    engine = new Engine()
    engine.start() }) // leak: each > beforeEach
  test('one', () => {})
  test('two', () => {})
  test('three', () => { engine.stop() })
})
`,
  'only.test.ts': `${imports}
test('not this one', () => { new Engine().start() })
test.only('this one', () => { started().stop() })
`,
}

/** In vitest's main process. */
const globalSetup = `import { createServer, type Server } from 'node:net'
import { ignore } from 'leakwatch'
import { Engine } from '../engine'

const stopped = new Engine()
/** Held, that V8 may not collect it. */
export const left = new Engine()
export async function setup(): Promise<void> {
  stopped.start()
  if (process.env.LEAVES === undefined) return
  left.start() // leak: global
  if (process.env.LEAVES === 'allowed') return void ignore(left, 'stays')
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, resolve)) // leak: global
}
export function teardown(): void { stopped.stop() }
`

beforeAll(() => {
  const own = {
    'package.json': '{ "type": "module" }',
    'engine.ts': engine,
    'vitest.config.mjs': `import leakwatch from 'leakwatch/vitest'
export default { plugins: [leakwatch()], test: { maxWorkers: 2 } }`,
    'global/vitest.config.mjs': `import leakwatch from 'leakwatch/vitest'
export default { plugins: [leakwatch()], test: { globalSetup: ['./global.ts'], teardownTimeout: 6000 } }`,
    'inline/vitest.config.mjs': `import leakwatch from 'leakwatch/vitest'
export default { plugins: [leakwatch()], test: { server: { deps: { inline: ['ws'] } } } }`,
    'inline/a.test.ts': files['library.test.ts']?.replace("'./engine'", "'../engine'") ?? '',
    'commonjs/package.json': '{}',
    'commonjs/vitest.config.ts': `import leakwatch from 'leakwatch/vitest'
export default { plugins: [leakwatch()] }`,
    'commonjs/a.test.ts': `import { expect, test } from 'vitest'
import { Engine } from '../engine'
test('stops', () => { const engine = new Engine(); engine.start(); engine.stop(); expect(engine).toBeStopped() })
test('runs', () => { const engine = new Engine(); engine.start(); expect(engine).not.toBeStopped() }) // leak: runs
`,
    'global/global.ts': globalSetup,
    'global/a.test.ts': `import { test } from 'vitest'\ntest('a', () => {})\n`,
    'shared/shared.ts': `import { Engine } from '../engine'
export const shared = new Engine(); shared.start()\n`,
    'shared/a.test.ts': `import { test } from 'vitest'\nimport './shared'\ntest('a', () => {})\n`,
    'shared/b.test.ts': `import { test } from 'vitest'\nimport './shared'\ntest('b', () => {})\n`,
  }
  project = new Project({ ...own, ...files, ...library }, { vitest: runner })
})

afterAll(() => project.remove())

interface Judged extends Outcome {
  /** `<file>:<line> <test>` of each leak. */
  leaks: string[]
  failed: string[]
}

async function vitest(name: string, args: string[], env: Record<string, string> = {}): Promise<Judged> {
  const out = join(project.folder, `${name}.json`)
  const script = join(runner, 'vitest.mjs')
  const all = [script, 'run', '--reporter=default', '--reporter=json', `--outputFile=${out}`, ...args]
  const { code, output, stderr } = await project.run(all, env)
  const blocks = output.matchAll(/LeakError: .*\n(?: {4}.*\n)+ ❯ (?:\S+ )?(\S+?:\d+):\d+\n/g)
  const leaks = [...blocks].map(([text, place]) => `${place} ${blamedTest(text)}`)
  return { code, output, stderr, leaks: leaks.sort(), failed: failedTests(readFileSync(out, 'utf8')) }
}

describe(`leakwatch/vitest, vitest ${full}, on Node ${nodeVersion}`, () => {
  // The second of a kind is for `test/runners.js` only.
  const pools = [
    'forks',
    'threads',
    'vmThreads',
    ...(process.env.RUNNER_UNDER_TEST === undefined ? [] : ['vmForks']),
  ]
  it.concurrent.each(pools)('blames the right test and line, and nobody else: %s', async (pool) => {
    const { code, output, leaks, failed } = await vitest(pool, [
      '--pool',
      pool,
      '--exclude',
      '{shared,global,commonjs,inline}/**',
    ])
    const { expect } = await import('vitest')
    expect(leaks, output).toEqual(expectedLeaks(files))
    expect(failed).toEqual(['fails before its stop', 'takes too long'])
    expect(output).toContain('LeakError: ws.WebSocketServer was started')
    // What nobody refers to may be collected before it is judged.
    expect(output).toMatch(/LeakError: 2 Engine were (?:started|garbage-collected)/)
    expect(output).not.toMatch(/Warning|leakwatch:/)
    expect(code).toBe(1)
  })

  it.concurrent.each(['list', 'parallel'])(
    'passes what is clean, with hooks called as a %s',
    async (hooks) => {
      const args = ['clean', 'only', 'fake-timers.test', '--sequence.hooks', hooks]
      const { code, output } = await vitest(`hooks-${hooks}`, args)
      const { expect } = await import('vitest')
      expect(output).not.toContain('LeakError')
      expect(code, output).toBe(0)
    },
  )

  it.concurrent('fails the test itself, where each is judged', async ({ expect }) => {
    const { code, leaks, failed } = await vitest('per-test', ['concurrent', 'clean'], {
      LEAKWATCH_TEST_MODE: 'per-test',
    })
    expect(failed).toEqual(['side by side one', 'side by side three'])
    expect(leaks).toEqual(expectedLeaks(files).filter((leak) => leak.startsWith('concurrent')))
    expect(code).toBe(1)
  })

  it.concurrent('knows a library that Vite loads', async ({ expect }) => {
    const { output, leaks } = await vitest('inline', ['--root', 'inline'])
    expect(output).toContain('LeakError: ws.WebSocketServer was started')
    expect(leaks).toEqual(['a.test.ts:9 leaves a server'])
  })

  it.concurrent('judges what files share when the run ends', async ({ expect }) => {
    const { code, output, leaks } = await vitest('shared', [
      'shared/',
      '--no-isolate',
      '--maxWorkers=1',
      ...(version < 4 ? ['--minWorkers=1'] : []),
    ])
    expect(output).toMatch(/Test Files +(?:1 failed \| 1|2) passed/)
    expect(leaks, output).toEqual(['shared/shared.ts:2 no test'])
    expect(code).toBe(1)
  })
  it.concurrent('takes a config that is CommonJS, and fails nothing where it is off', async ({ expect }) => {
    const { code, leaks, output } = await vitest('commonjs', ['--root', 'commonjs'])
    expect(leaks, output).toEqual(['a.test.ts:4 runs'])
    expect(code).toBe(1)
    const off = await vitest('off', ['--root', 'commonjs', '-t', 'stops'], { LEAKWATCH: 'off' })
    expect(off.code, off.output).toBe(0)
  })
  it.concurrent('leaves known leaks to the baseline, and tells of none of vitest itself', async ({
    expect,
  }) => {
    const watching = (...flags: string[]) => {
      const [bin, script] = [join(root, 'bin/leakwatch.js'), join(runner, 'vitest.mjs')]
      const suite = ['--', node, script, 'run', '--root', 'commonjs', '-t', 'runs']
      return project.run([bin, 'run', '--format', 'text', ...flags, ...suite], {
        LEAKWATCH_BASELINE: 'known.json',
      })
    }
    const { stderr: updated } = await watching('--update-baseline')
    expect(updated).toMatch(/\/known\.json knows 1 leak now: 1 new, 0 gone\n$/)
    const { code, stderr } = await watching()
    expect(stderr).toMatch(/^leakwatch: no new leaks in [^✖⚠]*\n +known +1 leak of known\.json\n$/m)
    expect(code).toBe(0)
  })

  it.concurrent('judges what global setup started when the run ends, and ends it', async ({ expect }) => {
    const { code, output, leaks } = await vitest('global', ['--root', 'global'], { LEAVES: 'both' })
    expect(output).toMatch(/Test Files +1 passed/)
    expect(leaks, output).toEqual(
      expectedLeaks({ 'global.ts': globalSetup }).map((leak) => leak.replace(' global', ' no test')),
    )
    expect(output).not.toMatch(/close timed out|leakwatch:/)
    expect(code).toBe(1)
    const clean = await vitest('global-clean', ['--root', 'global'])
    expect(clean.output).not.toMatch(/LeakError|close timed out|leakwatch:/)
    expect(clean.code).toBe(0)
  })

  it.concurrent('says what holds a run that does not end, and leaves it alone', async ({ expect }) => {
    const { code, output } = await vitest('held', ['--root', 'global'], { LEAVES: 'allowed' })
    expect(output).toMatch(
      /^leakwatch: the tests have ended, vitest\.mjs \(pid \d+\) has not: .*\n\n⚠ Engine was/m,
    )
    expect(output).toContain('started   global/global.ts:11:8   left.start()')
    expect(output).toContain('close timed out')
    expect(output).not.toContain('LeakError')
    expect(code).toBe(0)
  })
})
