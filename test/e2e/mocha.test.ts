/** Projects as users have them, run by the mocha of `node_modules`, or by the one that `RUNNER_UNDER_TEST` names: who is blamed, for which test and line, and who is not. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import { node, nodeVersion } from './program.ts'
import { blamedTest, expectedLeaks, type Outcome, Project, root } from './project.ts'

vi.setConfig({ maxConcurrency: 2, testTimeout: 60_000 })

const mochaFolder = process.env.RUNNER_UNDER_TEST ?? join(root, 'node_modules/mocha')
let project: Project

const engine = `class Engine {
  start() { this.timer = setInterval(() => {}, 1000) }
  stop() { clearInterval(this.timer) }
}
exports.Engine = Engine
exports.started = () => { const engine = new Engine(); engine.start(); return engine }
exports.wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
`
const imports = `const { Engine, started, wait } = require('../engine.cjs')`

/** What is blamed is said at the end of its line: `// leak: <test>`. */
const leaking: Record<string, string> = {
  'leaks/hooks.spec.cjs': `${imports}
describe('orders', () => {
  before(() => { new Engine().start() }) // leak: orders > before
  beforeEach(function () { if (this.currentTest.title === 'plain') new Engine().start() }) // leak: orders > plain > beforeEach
  it('plain', () => { new Engine().start() }) // leak: orders > plain
  it('after an await', async () => { await wait(1); new Engine().start() }) // leak: orders > after an await
  describe('nested', () => {
    it('by callback', (done) => { setTimeout(() => {
      new Engine().start(); done() }, 1) }) // leak: orders > nested > by callback
  })
})
it('outside of suites', () => { new Engine().start() }) // leak: outside of suites
let tries = 0
describe('again', () => {
  it('is retried', function () { this.retries(2); tries += 1
    const engine = new Engine(); engine.start() // leak: again > is retried
    if (tries < 2) throw new Error('not yet'); engine.stop() })
})
`,
  'leaks/module.spec.mjs': `import { createRequire } from 'node:module'
const { wait } = createRequire(import.meta.url)('../engine.cjs')
class Esm { start() { this.timer = setInterval(() => {}, 1000) } stop() { clearInterval(this.timer) } }
await wait(1)
new Esm().start() // leak: no test
it('is an ES module', async () => { await wait(1); new Esm().start() }) // leak: is an ES module
`,
  'leaks/tries-again.spec.cjs': `class Feed {
  connect() { this.timer = setTimeout(() => this.connect(), 120) } // leak: tries again
}
it('tries again', async () => { new Feed().connect(); await new Promise((resolve) => setTimeout(resolve, 700)) })
`,
  'leaks/goes-on.spec.cjs': `const { EventEmitter } = require('node:events')
const net = require('node:net')
class Bus extends EventEmitter {
  start() {
    this.server = net.createServer((socket) => this.emit('client', socket.resume()))
    this.server.listen(0, () => { this.socket = net.connect(this.server.address().port) })
  }
  stop() { this.socket.destroy(); this.server.close() }
}
describe('goes on', () => {
  const bus = new Bus()
  it('from an event', (done) => { bus.once('client', () => done()); bus.start() })
  it('with the next', () => { setInterval(() => {}, 1e6) }) // leak: goes on > with the next
  it('after an await', async () => { await 1
    setInterval(() => {}, 1e6) }) // leak: goes on > after an await
  afterEach((done) => { setTimeout(done, 1) })
  after(() => bus.stop())
})
`,
  'leaks/fails.spec.cjs': `${imports}
describe('fails', () => {
  it('before its stop', () => {
    const engine = new Engine(); engine.start() // leak: fails > before its stop
    throw new Error('of the test itself') })
  it('by its time limit', async function () { this.timeout(20)
    const engine = new Engine(); engine.start() // leak: fails > by its time limit
    await wait(5000) })
})
describe('fails in a hook', () => {
  before(() => { new Engine().start() // leak: fails in a hook > before
    throw new Error('of the hook itself') })
  it('does not run', () => { new Engine().start() })
})
`,
}

const clean: Record<string, string> = {
  'clean/clean.spec.cjs': `${imports}
const { allowLeak } = require('leakwatch/mocha')
let outer
before(() => { outer = started() })
after(() => outer.stop())
const ofModule = started()
after(async () => { await wait(1); ofModule.stop() })
describe('clean', () => {
  let each, all
  before(() => { all = started() })
  after(() => all.stop())
  beforeEach(() => { each = started() })
  afterEach(() => each.stop())
  it('closes late', () => { const engine = started(); setTimeout(() => engine.stop(), 100) })
  it('comes after it', () => {})
  it.skip('is skipped', () => { new Engine().start() })
  it('skips itself', function () { this.skip() })
  it('is allowed to', () => { allowLeak('lives as long as the process'); new Engine().start().timer?.unref() })
})
`
    // `start` returns nothing: the interval stays, and must not hold the run.
    .replace('new Engine().start().timer?.unref()', 'const engine = started(); engine.timer.unref()'),
  'clean/only.spec.cjs': `${imports}
let lazy
describe('first', () => { it('starts', () => { lazy = started() }) })
describe('second', () => { it('stops', () => lazy.stop()) })
`,
  'clean/fake.spec.cjs': `${imports}
const real = { setTimeout, setInterval, setImmediate, Date }
describe('fake timers', () => {
  beforeEach(() => { Object.assign(globalThis, { setTimeout: () => 0, setInterval: () => 0, setImmediate: () => 0 }) })
  after(() => { Object.assign(globalThis, real) })
  it('holds nothing', () => { new Engine().start() })
})
`,
}

const shared: Record<string, string> = {
  'setup.cjs': `${imports.replace('../', './')}
let engine, database
exports.mochaGlobalSetup = () => { engine = started() }
exports.mochaGlobalTeardown = () => engine.stop()
exports.mochaHooks = { beforeAll() { database = started() }, afterAll: async () => { await wait(1); database.stop() } }
`,
  'fails/each.cjs': `const fails = (where) => { throw new Error(where) }
it('at once', () => fails('a test'))
it('with a callback', (done) => fails('a callback'))
it('as a promise', async () => fails('a promise'))
describe('a hook', () => { beforeEach(() => fails('a hook')); it('is not run', () => {}) })
`,
  // What the thread pool works on is no handle.
  'ends/work.cjs': `${imports}
const { pbkdf2 } = require('node:crypto')
const work = (times) => pbkdf2('a', 'b', 50_000, 32, 'sha1', () => { if (times > 0) work(times - 1); else console.log('work done') })
it('leaves an engine', () => { new Engine().start(); work(150) })
`,
  'before.cjs': `setInterval(() => {}, 1000)\n`,
  'holds/leak.spec.cjs': `${imports}
globalThis.engine = new Engine()
it('leaks', () => { engine.start() })
`,
  'forgets.cjs': `${imports.replace('../', './')}
exports.mochaGlobalSetup = () => { new Engine().start() } // started by global setup
`,
}

beforeAll(() => {
  project = new Project({ ...leaking, ...clean, ...shared, 'engine.cjs': engine }, { mocha: mochaFolder })
})

afterAll(() => project.remove())

interface Judged extends Outcome {
  /** `<file>:<line> <test>` of each leak. */
  leaks: string[]
}

/** By its path: mocha looks for packages where its own files are, which a link does not change. */
const setUp = ['--require', join(root, 'dist/mocha.mjs')]

async function mocha(
  args: string[],
  env: Record<string, string> = {},
  setup = setUp,
  patienceMs?: number,
): Promise<Judged> {
  const script = join(project.folder, 'node_modules/mocha/bin/mocha.js')
  const outcome = await project.run([script, ...setup, ...args], env, patienceMs)
  const blocks = outcome.output.matchAll(
    /LeakError: .*\n +(?:started|created) +(\S+?:\d+):\d+.*(?:\n.*)*?\n +(?:holds|handle)/g,
  )
  const leaks = [...blocks].map(([text, place]) => `${place} ${blamedTest(text)}`)
  return { ...outcome, leaks: leaks.sort() }
}

describe(`leakwatch/mocha, on Node ${nodeVersion}`, () => {
  it.concurrent.each([['serial'], ['parallel', '--parallel', '--jobs', '2']])(
    'blames the right test and line, and nobody else: %s',
    async (_mode, ...args) => {
      const { code, output, leaks } = await mocha([...args, '--require', './setup.cjs', 'leaks/*', 'clean/*'])
      const { expect } = await import('vitest')
      expect(leaks, output).toEqual(expectedLeaks(leaking))
      expect(output).not.toMatch(/Warning|leakwatch:/)
      expect(output).toContain('of the test itself')
      expect(code).toBe(expectedLeaks(leaking).length + 3)
    },
  )

  it.concurrent('passes what is clean, root hooks and global fixtures too, without a word', async ({
    expect,
  }) => {
    const args = ['--require', './setup.cjs', '--reporter', 'dot', 'clean/*']
    const { code, output } = await mocha(args)
    expect(code, output).toBe(0)
    const without = await mocha(args, {}, ['--exit'])
    const untimed = (text: string) => text.replace(/\(\d+m?s\)/, '')
    expect(untimed(output)).toBe(untimed(without.output))
  })

  it.concurrent('counts leaks in the statistics, beside the test where each is judged', async ({
    expect,
  }) => {
    const { code, output } = await mocha(['--reporter', 'json', 'leaks/hooks*'], {
      LEAKWATCH_TEST_MODE: 'per-test',
    })
    const { stats, failures } = JSON.parse(output) as {
      stats: { failures: number }
      failures: { title: string; fullTitle: string }[]
    }
    expect(stats.failures).toBe(7)
    expect(failures.map(({ fullTitle }) => fullTitle)).toContain(
      'orders nested "leakwatch" hook in "by callback"',
    )
    expect(code).toBe(7)
  })

  it.concurrent('stands on no stack of a test or hook that fails', async ({ expect }) => {
    // Of Node 20's own, where async hooks are on.
    const stacks = ({ output }: Outcome) =>
      output.split('\n').filter((line) => /^ +at /.test(line) && !line.includes('callbackTrampoline'))
    const [watched, bare] = await Promise.all([mocha(['fails/*']), mocha(['fails/*'], {}, [])])
    expect(stacks(bare).length).toBeGreaterThan(4)
    expect(stacks(watched)).toEqual(stacks(bare))
  })

  it.concurrent('judges what global setup started once mocha has ended', async ({ expect }) => {
    const { code, output, leaks } = await mocha(['--require', './forgets.cjs', 'clean/only*'])
    expect(leaks, output).toEqual(['forgets.cjs:2 mochaGlobalSetup'])
    expect(output).toMatch(/2 passing/)
    expect(code).toBe(1)
  })
  it.concurrent('ends once all else is done, whether the leak is reported or accepted', async ({
    expect,
  }) => {
    const told = await mocha(['ends/work.cjs'])
    expect(told.output).toMatch(/LeakError: Engine was[\s\S]*\nwork done\n$/)
    expect(told.code).toBe(1)
    const rule = JSON.stringify([{ engine: 'Engine', reason: 'known' }])
    const accepted = await mocha(['ends/work.cjs'], { LEAKWATCH_IGNORE: rule })
    expect(accepted.output).toMatch(/1 passing[\s\S]*\nwork done\n$/)
    expect(accepted).toMatchObject({ code: 0, leaks: [] })
  })
  it.concurrent('says what holds the run though it was there before leakwatch', async ({ expect }) => {
    const held = await mocha(['clean/only*'], {}, ['--require', './before.cjs', ...setUp], 5000)
    expect(held.stderr).toMatch(
      /^\nleakwatch: the tests have ended, process \d+ has not: .*\n.* \(a timer\)\. Load leakwatch before that\.\n$/,
    )
    expect(held.output).toMatch(/2 passing/)
  })

  it.concurrent('is told what holds a run that is to go on after a leak was reported', async ({ expect }) => {
    const bin = join(root, 'bin/leakwatch.js')
    const run = [bin, 'run', '--timeout', '4', '--format', 'text', '--', node]
    const script = join(project.folder, 'node_modules/mocha/bin/mocha.js')
    const { code, stderr } = await project.run([...run, script, ...setUp, 'holds/*'], {
      LEAKWATCH_TEST_EXIT: 'off',
    })
    // The headline is wrapped, and where depends on how long the folder's path is.
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /^leakwatch: 1 leak in node \S*mocha\.js .*, ended by leakwatch after 4 s ✖ Engine was started .* and never stopped/,
    )
    expect(code).toBe(124)
  })
})
