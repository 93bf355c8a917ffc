/** Projects as users have them, run by a Jest that `test/runners.js` has fetched: who is blamed, for which test and line, and who is not. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import { nodeVersion } from './program.ts'
import { blamedTest, expectedLeaks, failedTests, library, type Outcome, Project } from './project.ts'

vi.setConfig({ maxConcurrency: 2, testTimeout: 90_000 })

const jestFolder = process.env.RUNNER_UNDER_TEST ?? ''
const isFetched = /[\\/]jest$/.test(jestFolder)
const title = isFetched ? `on Node ${nodeVersion}` : 'run by `npm run test:runners`'
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
const imports = `import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { allowLeak } from 'leakwatch/jest'
import { Engine } from './engine'
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const started = () => { const engine = new Engine(); engine.start(); return engine }
`

/** What is blamed is said at the end of its line: `// leak: <test>`. */
const files: Record<string, string> = {
  'leaks.test.ts': `${imports}
new Engine().start() // leak: no name
describe('orders', () => {
  beforeAll(() => { new Engine().start() }) // leak: orders > beforeAll
  beforeEach(() => { if (expect.getState().currentTestName?.endsWith('plain')) new Engine().start() }) // leak: orders > plain > beforeEach
  test('plain', () => { new Engine().start() }) // leak: orders > plain
  test('after an await', async () => { await wait(1); new Engine().start() }) // leak: orders > after an await
  test('with done', (done) => { setTimeout(() => { new Engine().start(); done() }, 1) }) // leak: orders > with done
  test.each([1, 2])('each %i', (n) => { if (n === 2) new Engine().start() }) // leak: orders > each 2
})
test.failing('is meant to fail', () => { new Engine().start(); expect(1).toBe(2) }) // leak: is meant to fail
test('an interval of nobody', () => { setInterval(() => {}, 1000) }) // leak: an interval of nobody
`,
  'retried.test.ts': `${imports}
jest.retryTimes(2)
let tries = 0
test('is retried', () => { tries += 1
  const engine = new Engine(); engine.start() // leak: is retried
  expect(tries).toBe(2); engine.stop() })
`,
  'concurrent.test.ts': `${imports}
describe('side by side', () => {
  test.concurrent('one', async () => { await wait(5); new Engine().start(); await wait(5) }) // leak: side by side > one
  test.concurrent('two', async () => { await wait(3); const engine = started(); await wait(9); engine.stop() })
  test.concurrent('three', async () => { await wait(6); new Engine().start() }) // leak: side by side > three
})
`,
  'fails.test.ts': `${imports}
test('fails before its stop', () => {
  const engine = new Engine(); engine.start() // leak: fails before its stop
  expect('a').toBe('b'); engine.stop() })
test('takes too long', async () => {
  const engine = new Engine(); engine.start() // leak: takes too long
  await new Promise((resolve) => { setTimeout(resolve, 60_000).unref() }); engine.stop() }, 50)
`,
  'clean.test.ts': `${imports}
let outer: Engine
beforeAll(() => { outer = started() })
afterAll(() => outer.stop())
let each: Engine
beforeEach(() => { each = started() })
afterEach(() => each.stop())
test('closes late', () => { const engine = started(); setTimeout(() => engine.stop(), 100) })
test('comes after it', () => {})
test.skip('is skipped', () => { new Engine().start() })
test.todo('is to be written')
test('is allowed to', () => { allowLeak('holds nothing'); const engine = new Engine(); engine.start(); engine.timer?.unref() })
test('loads anew', () => { jest.resetModules(); expect(typeof require).toBeDefined() })
test('fetches', async () => {
  const { createServer } = await import('node:http')
  const server = createServer((_, response) => { response.end('ok') }).listen(0)
  await new Promise((resolve) => server.once('listening', resolve as () => void))
  await (await fetch('http://localhost:' + (server.address() as { port: number }).port)).text()
  server.close() })
`,
  'fake-timers.test.ts': `${imports}
afterEach(() => { jest.useRealTimers() })
test('modern', () => { jest.useFakeTimers(); new Engine().start(); jest.advanceTimersByTime(5000) })
test('legacy', () => { jest.useFakeTimers({ legacyFakeTimers: true }); new Engine().start() })
test('still fake as it ends', () => { jest.useFakeTimers() })
`,
  'fake-timers-leak.test.ts': `${imports}import { createServer } from 'node:net'
test('holds a server', async () => {
  jest.useFakeTimers(); const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, resolve) }) }) // leak: holds a server
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
}

const setup = { setupFilesAfterEnv: ['leakwatch/jest'] }
const babel = (modules: string | false) => [
  'babel-jest',
  {
    presets: [['@babel/preset-env', { targets: { node: 'current' }, modules }], '@babel/preset-typescript'],
  },
]
const swc = ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }]
const tsJest = ['ts-jest', { diagnostics: false, isolatedModules: true }]
const transformed = (transform: unknown, more: object = setup) => ({
  transform: { '\\.ts$': transform },
  ...more,
})
const configs: Record<string, object> = {
  'babel-jest': transformed(babel('commonjs')),
  'ts-jest': transformed(tsJest),
  '@swc/jest': transformed(swc),
  threads: { ...transformed(swc), workerThreads: true },
  esm: { ...transformed(babel(false)), extensionsToTreatAsEsm: ['.ts'] },
  preset: transformed(swc, { preset: 'leakwatch' }),
  'preset-below': transformed(swc, { preset: 'leakwatch/jest' }),
}

beforeAll(() => {
  if (!isFetched) return
  const packages = ['jest', 'babel-jest', 'ts-jest', 'typescript', '@jest', '@swc', '@babel']
  const own = {
    'package.json': '{}',
    'tsconfig.json':
      '{ "compilerOptions": { "target": "es2022", "module": "commonjs", "isolatedModules": true } }',
    'engine.ts': engine,
  }
  const configFiles = Object.entries(configs).map(([name, config]) => [
    configFile(name),
    JSON.stringify({ rootDir: '.', ...config }),
  ])
  project = new Project(
    { ...own, ...files, ...library, ...Object.fromEntries(configFiles) },
    Object.fromEntries(packages.map((name) => [name, join(jestFolder, '..', name)])),
  )
})

afterAll(() => project?.remove())

function configFile(name: string): string {
  return `${name.replace('/', '-')}.json`
}

interface Judged extends Outcome {
  /** `<file>:<line> <test>` of each leak. */
  leaks: string[]
  failed: string[]
}

let count = 0

async function jest(config: string, args: string[], env: Record<string, string> = {}): Promise<Judged> {
  count += 1
  const out = join(project.folder, `result-${count}.json`)
  const all = [
    ...(config === 'esm' ? ['--experimental-vm-modules', '--no-warnings'] : []),
    join(jestFolder, 'bin/jest.js'),
    ...['-c', configFile(config), '--json', `--outputFile=${out}`, ...args],
  ]
  const { code, output, stderr } = await project.run(all, env)
  const blocks = stderr.matchAll(/LeakError: .*\n(?: {4,}.*\n)+?\n[\s\S]*?\n {6}at .*?(\S+?:\d+):\d+\)?\n/g)
  const leaks = [...blocks].map(([text, place]) => {
    return `${place?.replace('(', '')} ${blamedTest(text, 'no name')}`
  })
  return { code, output, stderr, leaks: leaks.sort(), failed: failedTests(readFileSync(out, 'utf8')) }
}

const clean = ['/clean', '/fake-timers.test']
const asking = `const { assertNoLeaks, LeakError, track } = require('leakwatch')
test('asks', async () => {
  track({ close() {} }, { name: 'clock' })
  await expect(assertNoLeaks({ graceMs: 0 })).rejects.toThrow(LeakError)
  jest.resetModules(); expect(require('leakwatch').track).toBe(track) })
`

describe.skipIf(!isFetched)(`leakwatch/jest, ${title}`, () => {
  it.concurrent.each([
    ['babel-jest', '--maxWorkers=2'],
    ['ts-jest', '--runInBand'],
    ['@swc/jest', '--maxWorkers=2'],
    ['threads', '--maxWorkers=2'],
    ['esm', '--runInBand'],
  ])('blames the right test and line, and nobody else, and ends: %s %s', async (config, workers) => {
    const { code, output, leaks, failed } = await jest(config, [workers])
    const { expect } = await import('vitest')
    expect(leaks, output).toEqual(expectedLeaks(files))
    expect(failed).toEqual(['fails before its stop', 'takes too long'])
    expect(output).toContain('LeakError: ws.WebSocketServer was started')
    // What nobody refers to may be collected before it is judged.
    expect(output).toMatch(/LeakError: 2 Engine were (?:started|garbage-collected)/)
    // That Jest ended a worker by force, it says on a busy machine: it gives each half a second.
    expect(output).not.toMatch(/Warning:|leakwatch:|did not exit/)
    expect(code).toBe(1)
  })

  it.concurrent.each(['preset', 'preset-below', 'esm'])('passes what is clean: %s', async (config) => {
    const { code, output } = await jest(config, ['--runInBand', ...clean])
    const { expect } = await import('vitest')
    expect(output).not.toMatch(/LeakError|Warning:|leakwatch:|did not exit/)
    expect(code, output).toBe(0)
  })

  it.concurrent('is not needed for `require` of leakwatch', async ({ expect }) => {
    const own = new Project(
      { 'package.json': '{}', 'asks.test.js': asking, 'jest.json': '{ "transform": {} }' },
      { jest: jestFolder, '@jest': join(jestFolder, '..', '@jest') },
    )
    try {
      const { code, output } = await own.run([join(jestFolder, 'bin/jest.js'), '-c', 'jest.json', '-i'])
      expect(code, output).toBe(0)
    } finally {
      own.remove()
    }
  })

  it.concurrent('fails the test itself, where each is judged', async ({ expect }) => {
    const args = ['--runInBand', '/concurrent', '/retried', ...clean]
    const { code, output, leaks, failed } = await jest('@swc/jest', args, { LEAKWATCH_TEST_MODE: 'per-test' })
    expect(failed, output).toEqual(['is retried', 'side by side one', 'side by side three'])
    expect([...new Set(leaks)]).toEqual(
      expectedLeaks(files).filter((leak) => /^(?:concurrent|retried)/.test(leak)),
    )
    expect(code).toBe(1)
  })
})
