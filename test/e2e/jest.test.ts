/** Projects as users have them, run by a Jest that `test/runners.js` has fetched: who is blamed, for which test and line, and who is not. */
import { execFile } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import { inherited, node, nodeVersion } from './program.ts'

vi.setConfig({ maxConcurrency: 2, testTimeout: 90_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))
const jestFolder = process.env.RUNNER_UNDER_TEST ?? ''
const isFetched = /[\\/]jest$/.test(jestFolder)
const title = isFetched ? `on Node ${nodeVersion}` : 'run by `npm run test:runners`'
let folder = ''

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
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-jest-')))
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  symlinkSync(root, join(modules, 'leakwatch'), 'dir')
  for (const name of ['jest', 'babel-jest', 'ts-jest', 'typescript', '@jest', '@swc', '@babel'])
    symlinkSync(join(jestFolder, '..', name), join(modules, name), 'dir')
  const project = {
    'package.json': '{}',
    'tsconfig.json':
      '{ "compilerOptions": { "target": "es2022", "module": "commonjs", "isolatedModules": true } }',
    'engine.ts': engine,
  }
  for (const [name, text] of Object.entries({ ...project, ...files })) writeFileSync(join(folder, name), text)
  for (const [name, config] of Object.entries(configs))
    writeFileSync(
      join(folder, `${name.replace('/', '-')}.json`),
      JSON.stringify({ rootDir: folder, ...config }),
    )
})

afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

interface Outcome {
  code: number | string
  output: string
  /** `<file>:<line> <test>` of each leak. */
  leaks: string[]
  failed: string[]
}

let count = 0

function jest(config: string, args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  count += 1
  const out = join(folder, `result-${count}.json`)
  const all = [
    ...(config === 'esm' ? ['--experimental-vm-modules', '--no-warnings'] : []),
    join(jestFolder, 'bin/jest.js'),
    ...['-c', join(folder, `${config.replace('/', '-')}.json`), '--json', `--outputFile=${out}`, ...args],
  ]
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...inherited(), NO_COLOR: '1', ...env }, timeout: 60_000 }
    execFile(node, all, options, (error, stdout, stderr) => {
      const output = stderr + stdout.slice(0, 2000)
      const blocks = [
        ...stderr.matchAll(/LeakError: .*\n(?: {4,}.*\n)+?\n[\s\S]*?\n {6}at .*?(\S+?:\d+):\d+\)?\n/g),
      ]
      const leaks = blocks.map(([text, place]) => {
        const test = / test +\S+ > (.*)/.exec(text)?.[1] ?? 'no name'
        return `${place?.replace('(', '')} ${test}`
      })
      const { testResults } = JSON.parse(readFileSync(out, 'utf8')) as {
        testResults: { assertionResults: { status: string; fullName: string }[] }[]
      }
      const failed = testResults.flatMap(({ assertionResults }) =>
        assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
      )
      const code = error === null ? 0 : (error.code ?? 'none')
      resolve({ code, output, leaks: leaks.sort(), failed: failed.sort() })
    })
  })
}

/** The leaks that the files say they have. */
function expected(): string[] {
  return Object.entries(files)
    .flatMap(([file, text]) =>
      text.split('\n').flatMap((line, index) => {
        const test = / \/\/ leak: (.*)/.exec(line)?.[1]
        return test === undefined ? [] : [`${file}:${index + 1} ${test}`]
      }),
    )
    .sort()
}

const clean = ['/clean', '/fake-timers.test']

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
    expect(leaks, output).toEqual(expected())
    expect(failed).toEqual(['fails before its stop', 'takes too long'])
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

  it.concurrent('fails the test itself, where each is judged', async ({ expect }) => {
    const args = ['--runInBand', '/concurrent', '/retried', ...clean]
    const { code, output, leaks, failed } = await jest('@swc/jest', args, { LEAKWATCH_TEST_MODE: 'per-test' })
    expect(failed, output).toEqual(['is retried', 'side by side one', 'side by side three'])
    expect([...new Set(leaks)]).toEqual(expected().filter((leak) => /^(?:concurrent|retried)/.test(leak)))
    expect(code).toBe(1)
  })
})
