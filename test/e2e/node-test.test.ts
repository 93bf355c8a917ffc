/** Projects as users have them, run by node:test: who is blamed, for which test and line, and who is not. */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import { nodeVersion } from './program.ts'
import { blamedTest, expectedLeaks, type Outcome, Project } from './project.ts'

vi.setConfig({ maxConcurrency: 2, testTimeout: 60_000 })

let project: Project

const engine = `export class Engine {
  start() {
    this.timer = setInterval(() => {}, 1000)
  }
  stop() {
    clearInterval(this.timer)
  }
}
`
const start = `const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const started = () => { const engine = new Engine(); engine.start(); return engine }
`
const imports = `import test, { after, afterEach, before, beforeEach, describe, it, suite } from 'node:test'
import assert from 'node:assert'
import { Engine } from './engine.js'
${start}`
const requires = `const { test, describe, it } = require('node:test')
const { Engine } = require('./engine.cjs')
${start}`

/** What is blamed is said at the end of its line: `// leak: <test>`. */
const files: Record<string, string> = {
  'leaks.test.js': `${imports}
import { allowLeak } from 'leakwatch/node-test'
describe('orders', () => {
  before(() => { new Engine().start() }) // leak: orders > before
  beforeEach((t) => { if (t.name === 'plain') new Engine().start() }) // leak: orders > plain > beforeEach
  it('plain', () => { new Engine().start() }) // leak: orders > plain
  it('after an await', async () => { await wait(1); new Engine().start() }) // leak: orders > after an await
  it('in a timer', (t, done) => { setTimeout(() => {
    new Engine().start(); done() }, 1) }) // leak: orders > in a timer
  after(() => { new Engine().start() }) // leak: orders > after
})
test('outer', async (t) => {
  t.after(() => { new Engine().start() }) // leak: outer > after
  await t.test('inner', async (t) => { new Engine().start() }) // leak: outer > inner
})
test('an interval of nobody', () => { setInterval(() => {}, 1000) }) // leak: an interval of nobody
test('is allowed to', () => { allowLeak('lives as long as the process'); started().timer.unref() })
test.todo('is to do', () => { new Engine().start(); assert.fail() }) // leak: is to do
new Engine().start() // leak: no test
`,
  'required.test.cjs': `${requires}
describe('required', () => { it('plain', () => { new Engine().start() }) }) // leak: required > plain
`,
  'later.test.cjs': `${requires}
async function main() {
  await test('comes first', () => { new Engine().start() }) // leak: comes first
  await wait(500)
  await test('comes when the first is judged', () => { new Engine().start() }) // leak: comes when the first is judged
}
main()
`,
  'concurrent.test.js': `${imports}
suite('side by side', { concurrency: true }, () => {
  test('one', async () => { await wait(5); new Engine().start(); await wait(5) }) // leak: side by side > one
  test('two', async () => { await wait(3); const engine = started(); await wait(9); engine.stop() })
  test('three', async () => { await wait(6); new Engine().start() }) // leak: side by side > three
})
`,
  'fails.test.js': `${imports}
test('fails before its stop', () => {
  const engine = new Engine(); engine.start() // leak: fails before its stop
  assert.equal('a', 'b'); engine.stop() })
test('takes too long', { timeout: 50 }, async () => {
  const engine = new Engine(); engine.start() // leak: takes too long
  await wait(5000); engine.stop() })
test('has a hook that fails', (t) => { t.after(() => assert.fail('in the hook'))
  new Engine().start() }) // leak: has a hook that fails
after(() => assert.fail('in the last hook'))
`,
  'awaits.test.mjs': `${imports}
const engine = new Engine()
await test('starts what the module stops', () => { engine.start() })
await wait(300)
await test('comes later', () => { new Engine().start() }) // leak: comes later
await wait(300)
engine.stop()
`,
  'awaits-clean.test.mjs': `${imports}
const engine = started()
await test('comes first', async () => { await wait(1) })
await wait(300)
await test('comes later', async () => { await wait(1) })
engine.stop()
`,
  'clean.test.js': `${imports}
let outer
before(() => { outer = started() })
after(() => outer.stop())
test('stops', () => { started().stop() })
test('closes late', () => { const engine = started(); setTimeout(() => engine.stop(), 100) })
test('comes after it', () => {})
test.skip('is skipped', () => { new Engine().start() })
test('calls back', (t, done) => { const engine = started(); setImmediate(() => { engine.stop(); done() }) })
test('finishes', (t) => { const engine = started(); t.after(() => engine.stop()) })
test('has a limit', { timeout: 10_000 }, async () => { await wait(1) })
test('fetches', async () => {
  const { createServer } = await import('node:http')
  const server = createServer((_, response) => response.end('ok')).listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  await (await fetch('http://localhost:' + server.address().port)).text()
  server.close() })
describe('with hooks of its own', () => {
  let engine
  let each
  beforeEach(() => { each ??= started() })
  afterEach(() => { each?.stop(); each = undefined })
  before(() => { engine = started() })
  after(async () => { await wait(5); engine.stop() })
  it('has them', async (t) => { await t.test('and a subtest', () => { started().stop() }) })
})
test('fakes timers', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] }); new Engine().start(); t.mock.timers.tick(5000) })
`,
}

/** Writes what has failed, a line of JSON each, with its place. */
const reporter = `export default async function* (events) {
  for await (const { type, data } of events) {
    if (type !== 'test:fail') continue
    const { cause, message: outer } = data.details.error
    const message = cause?.message ?? outer
    yield JSON.stringify({ name: data.name, file: data.file, line: data.line, message }) + '\\n'
  }
}
`

beforeAll(() => {
  const own = {
    'package.json': '{ "type": "module" }',
    'engine.js': engine,
    'engine.cjs': `${engine.replace('export ', '')}module.exports = { Engine }\n`,
    'reporter.mjs': reporter,
  }
  project = new Project({ ...own, ...files })
})

afterAll(() => project.remove())

interface Judged extends Outcome {
  /** `<file>:<line> <test>` of each leak. */
  leaks: string[]
  /** Names of what else has failed. */
  failed: string[]
}

interface Failure {
  name: string
  file: string
  line: number
  message: string
}

const preload = ['--import', 'leakwatch/node-test']

async function nodeTest(name: string, args: string[], env: Record<string, string> = {}): Promise<Judged> {
  const out = join(project.folder, `${name}.ndjson`)
  const reporters = ['./reporter.mjs', out, 'spec', 'stdout']
  const flags = reporters.map(
    (each, index) => `--test-reporter${index % 2 === 1 ? '-destination' : ''}=${each}`,
  )
  const { code, output, stderr } = await project.run([...preload, ...flags, ...args], env)
  const failures = readFileSync(out, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Failure)
  const isLeak = ({ name }: Failure): boolean => name.startsWith('leak o')
  const leaks = failures.filter(isLeak).map(({ file, line, message }) => {
    return `${relative(project.folder, file)}:${line} ${blamedTest(message)}`
  })
  const failed = failures.filter((each) => !isLeak(each) && each.file !== each.name)
  return { code, output, stderr, leaks: leaks.sort(), failed: failed.map((each) => each.name).sort() }
}

/** Of these files. */
function expected(names = Object.keys(files)): string[] {
  return expectedLeaks(Object.fromEntries(names.map((name) => [name, files[name] as string])))
}

/** Times and process ids differ from run to run. */
function timeless(output: string): string {
  return output.replace(/\(?\d+(?:\.\d+)?m?s\)?|duration_ms [\d.]+|node:\d+/g, '')
}

/** Since Node 22.8. */
const knowsIsolation = Number(nodeVersion.split('.')[0]) >= 22
const clean = Object.keys(files).filter((file) => file.includes('clean'))
const leaky = Object.keys(files).filter((file) => !clean.includes(file))
const failing = ['fails before its stop', 'has a hook that fails', 'is to do', 'takes too long']

describe(`leakwatch/node-test, on Node ${nodeVersion}`, () => {
  it.concurrent('blames the right test and line, and nobody else', async ({ expect }) => {
    const { code, output, leaks, failed } = await nodeTest('all', [
      '--test',
      '--test-concurrency=2',
      ...leaky,
    ])
    expect(leaks, output).toEqual(expected())
    expect(failed).toEqual(failing)
    expect(output).not.toMatch(/Warning|leakwatch:|\[LeakError\]/)
    expect(code).toBe(1)
  })

  it.runIf(knowsIsolation)('tells files in one process apart', { concurrent: true }, async ({ expect }) => {
    // One that awaits its tests would wait for ever: they begin when all files are loaded.
    const some = Object.keys(files).filter((file) => !/^(?:awaits|later)/.test(file))
    const args = ['--test', '--experimental-test-isolation=none', ...some]
    const { code, output, leaks, failed } = await nodeTest('none', args)
    expect(leaks, output).toEqual(expected(some))
    expect(failed).toEqual(failing)
    expect(code).toBe(1)
  })

  it.concurrent('leaves a clean run as it is', async ({ expect }) => {
    const args = ['--test', '--test-reporter=spec', ...clean]
    // A warning comes by another pipe than what node:test says: between which of its lines is chance.
    const quiet = { NODE_NO_WARNINGS: '1' }
    const watched = await project.run([...preload, ...args], quiet)
    const bare = await project.run(args, quiet)
    expect(timeless(watched.output)).toBe(timeless(bare.output))
    expect(watched.code).toBe(0)
  })

  it.concurrent('fails the test itself, where each is judged', async ({ expect }) => {
    const { code, output, leaks, failed } = await nodeTest('per-test', ['concurrent.test.js'], {
      LEAKWATCH_TEST_MODE: 'per-test',
    })
    expect(leaks).toEqual([])
    expect(failed).toEqual(['one', 'side by side', 'three'])
    expect(output).toMatch(/✖ one .*\n +LeakError: Engine was .*\n/)
    expect(code).toBe(1)
  })
})
