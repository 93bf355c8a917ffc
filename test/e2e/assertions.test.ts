import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, it, vi } from 'vitest'
import { inherited, inShort, node, nodeVersion, preload, runProgram } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 60_000 })

const folder = fileURLToPath(new URL('../../fixtures/assertions', import.meta.url))
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))

/** Runs one suite of `fixtures/assertions/` with vitest. */
function runSuite(name: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...inherited(), NO_COLOR: '1' } }
    execFile(node, [vitest, 'run', name], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr })
    })
  })
}

describe(`\`afterAll(() => assertNoLeaks())\` in vitest, on Node ${nodeVersion}`, () => {
  it.concurrent('fails a suite that leaks, with the text report as its message', async ({ expect }) => {
    const { code, output } = await runSuite('leaks.suite.js')
    expect(code).toBe(1)
    expect(output).toMatch(/LeakError: leakwatch: 1 leak\b/)
    expect(output).toMatch(/✖ http\.Server was started \d+ m?s ago and never stopped +never-stopped/)
    // Vite has moved every line of it.
    expect(output).toMatch(/started +leaks\.suite\.js:9\s+await new Promise/)
    expect(output).toMatch(/fix +/)
  })

  it.concurrent('passes one that does not', async ({ expect }) => {
    const { code, output } = await runSuite('stops.suite.js')
    expect(output).toMatch(/Tests +1 passed/)
    expect(output).not.toContain('leakwatch')
    expect(code).toBe(0)
  })

  it.concurrent('takes under 20 ms where nothing is suspect', async ({ expect }) => {
    const { code, output } = await runSuite('costs.suite.js')
    expect(output).toMatch(/quickest \d+\.\d+ ms/)
    expect(code).toBe(0)
  })
})

/** Programs print what they see; `print` takes anything. */
const uses = (names: string) => `import { ${names} } from 'leakwatch'
const print = (...values) => process.stdout.write(values.join(' ') + ';')
class Engine {
  start() { this.timer = setInterval(() => {}, 1000).unref() }
  stop() { clearInterval(this.timer) }
}
`

describe(`the API in a program, on Node ${nodeVersion}`, () => {
  it.concurrent('`assertNoLeaks` throws a LeakError that has the report', async ({ expect }) => {
    const run = await runProgram(`${uses('assertNoLeaks, LeakError')}
      const one = new Engine(); one.start()
      const error = await assertNoLeaks({ graceMs: 1 }).catch((error) => error)
      one.stop()
      print(error instanceof LeakError, error.name, error.code, error.findings.length)
      print(error.report.trigger, error.findings[0].kind, error.findings[0].severity)
      print(/^leakwatch: 1 leak .*never-stopped/s.test(error.message), await assertNoLeaks())`)
    expect(run).toMatchObject({
      code: 0,
      stdout: 'true LeakError LEAKWATCH_LEAK 1;assert never-stopped leak;true ;',
      reports: [],
    })
  })

  it.concurrent('`assertNoLeaks` waits for what is closing, and no longer', async ({ expect }) => {
    const run = await runProgram(`${uses('assertNoLeaks')}
      const one = new Engine(); one.start()
      setTimeout(() => one.stop(), 60)
      const from = performance.now()
      await assertNoLeaks({ graceMs: 10_000 })
      print(performance.now() - from < 5000)`)
    expect(run).toMatchObject({ code: 0, stdout: 'true;' })
  })

  it.concurrent('`assertNoLeaks({ since })` leaves what was stopped incompletely before', async ({
    expect,
  }) => {
    const run = await runProgram(`${uses('assertNoLeaks, snapshot')}
      class Half { start() { this.timer = setInterval(() => {}, 1000).unref() } stop() {} }
      const half = () => { const each = new Half(); each.start(); each.stop() }
      half()
      const since = snapshot()
      await assertNoLeaks({ since, graceMs: 1 })
      half()
      const { findings } = await assertNoLeaks({ since, graceMs: 1 }).catch((error) => error)
      print(...findings.map(({ kind, count }) => kind + ' ' + count))`)
    expect(run).toMatchObject({ code: 0, stdout: 'stop-incomplete 1;' })
  })

  it.concurrent('`assertNoLeaks({ since })` judges what came after the snapshot', async ({ expect }) => {
    const run = await runProgram(`${uses('assertNoLeaks, snapshot')}
      const early = new Engine(); early.start()
      const since = snapshot()
      await assertNoLeaks({ since, graceMs: 1 })
      const late = new Engine(); late.start()
      const { findings } = await assertNoLeaks({ since, graceMs: 1 }).catch((error) => error)
      print(findings.length, findings[0].count)
      early.stop(); late.stop()`)
    expect(run).toMatchObject({ code: 0, stdout: '1 1;' })
  })

  it.concurrent('`assertNoLeaks` takes rules, and is strict where asked to be', async ({ expect }) => {
    const run = await runProgram(`${uses('assertNoLeaks')}
      const one = new Engine(); one.start()
      await assertNoLeaks({ graceMs: 1, ignore: [{ engine: 'Engine', reason: 'lives as long as the process' }] })
      one.stop()
      const orphan = setInterval(() => {}, 1000).unref()
      await assertNoLeaks({ graceMs: 1 })
      print((await assertNoLeaks({ graceMs: 1, strict: true }).catch((error) => error)).findings[0].kind)
      clearInterval(orphan)`)
    expect(run).toMatchObject({ code: 0, stdout: 'orphan;' })
  })

  it.concurrent('`report` and `reportSync` are live: what still runs is a warning', async ({ expect }) => {
    const run = await runProgram(`${uses('report, reportSync')}
      const one = new Engine(); one.start()
      for (const each of [await report({ graceMs: 1 }), reportSync()]) {
        print(each.schema, each.trigger, each.summary.leaks, each.summary.warnings, each.findings[0].kind)
      }
      one.stop()`)
    expect(run.stdout).toBe('leakwatch/1 call 0 1 never-stopped;leakwatch/1 call 0 1 never-stopped;')
    expect(run.reports).toEqual([])
  })

  it.concurrent('`ignore` keeps an engine and a handle out of every report', async ({ expect }) => {
    const run = await runProgram(`${uses('ignore')}
      const one = new Engine(); one.start()
      print(ignore(one, 'lives as long as the process') === one)
      ignore(setInterval(() => {}, 1000).unref(), 'the same')
      try { ignore(one) } catch (error) { print(error.name, error.message.split(':')[0]) }`)
    expect(run).toMatchObject({ code: 0, stdout: 'true;TypeError LEAKWATCH_IGNORE_REASON;', reports: [] })
  })

  it.concurrent('`on` tells of starts, stops and findings until it is undone', async ({ expect }) => {
    const run = await runProgram(`${uses('on, reportSync')}
      const undos = ['started', 'stopped'].map((event) => on(event, ({ name }) => print(event, name)))
      undos.push(on('finding', ({ kind }) => print('finding', kind)))
      const one = new Engine()
      one.start(); one.stop(); one.start()
      for (const undo of undos) { undo(); undo() }
      one.stop()`)
    expect(run.stdout).toBe('started Engine;stopped Engine;started Engine;')
  })

  it.concurrent('`on` tells of engines of a class that was taken for none', async ({ expect }) => {
    const run = await runProgram(`${uses('on')}
      class Scanner { open() {} close() {} }
      const scan = () => { const scanner = new Scanner(); scanner.open(); scanner.close() }
      for (let count = 0; count < 1000; count += 1) scan()
      const undo = on('started', ({ name }) => print(name))
      scan()
      undo()
      scan()`)
    expect(run.stdout).toBe('Scanner;')
  })

  it.concurrent('`on` tells of the findings of the exit report', async ({ expect }) => {
    const run = await runProgram(`${uses('on')}
      on('finding', ({ kind, severity }) => print(severity, kind))
      on('finding', () => { throw new Error('a listener of its own fault') })
      new Engine().start()`)
    expect(run.stdout).toBe('leak never-stopped;')
    expect(inShort(run)).toEqual(['exit: leak never-stopped Engine'])
  })

  it.concurrent('`track` follows an object whatever its verbs are called', async ({ expect }) => {
    const run = await runProgram(`${uses('track')}
      // Held, that V8 may not collect it.
      const job = (globalThis.job = track({ begin() {}, finish() {} }, { name: 'Job', start: 'begin', stop: 'finish' }))
      job.begin(); job.finish(); job.begin()
      try { track({}) } catch (error) { print(error.name, error.message.split(':')[0]) }`)
    expect(run.stdout).toBe('TypeError LEAKWATCH_TRACK_VERB;')
    expect(inShort(run)).toEqual(['exit: leak never-stopped Job'])
  })

  it.concurrent('`track` tells what to call', async ({ expect }) => {
    const run = await runProgram(`${uses('track')}
      track({ begin() {}, finish() {} }, { name: 'Job', start: 'begin', stop: 'finish' }).begin()`)
    expect(run.reports[0]?.findings[0]?.fix).toMatch(
      /^Stop it on every path: call `finish\(\)` in a `finally` \(/,
    )
  })

  it.concurrent('bad input is named in one line', async ({ expect }) => {
    const run = await runProgram(`${uses('assertNoLeaks, ignore, on, openEngine')}
      const attempts = [
        () => openEngine(''), () => openEngine(), () => on('end', () => {}), () => on('started'),
        () => ignore({}, ''), () => assertNoLeaks({ since: {} }), () => assertNoLeaks({ since: null }),
      ]
      for (const attempt of attempts) {
        try { await attempt() } catch (error) { print(error.name, error.message) }
      }`)
    expect(run.stdout.split(/;(?=TypeError|$)/)).toEqual([
      'TypeError LEAKWATCH_ENGINE_NAME: expected a name for the engine; got an empty string',
      'TypeError LEAKWATCH_ENGINE_NAME: expected a name for the engine; got undefined',
      'TypeError LEAKWATCH_ON_EVENT: expected one of `started`, `stopped`, `finding`; got `end`',
      'TypeError LEAKWATCH_ON_LISTENER: expected a function to call; got undefined',
      'TypeError LEAKWATCH_IGNORE_REASON: expected a reason why it is meant to stay; got an empty string',
      'TypeError LEAKWATCH_SINCE: expected `since` to be what `snapshot()` gave; got something else',
      'TypeError LEAKWATCH_SINCE: expected `since` to be what `snapshot()` gave; got something else',
      '',
    ])
  })

  it.concurrent('what is passed in wrongly is a TypeError, and is not waited for', async ({ expect }) => {
    const run = await runProgram(`${uses('assertNoLeaks, report')}
      const one = new Engine(); one.start()
      const attempts = [
        () => assertNoLeaks({ ignore: [{ engin: 'Other', reason: 'x' }] }),
        () => assertNoLeaks({ ignore: [{ engine: 'Engine' }] }),
        () => assertNoLeaks({ graceMs: Number(process.env.UNSET) }),
        () => report({ graceMs: Number(process.env.UNSET) }),
      ]
      for (const attempt of attempts) await attempt().catch(({ name, code }) => print(name, code))
      one.stop()`)
    expect(run.stdout).toBe(
      'TypeError LEAKWATCH_IGNORE_INVALID;TypeError LEAKWATCH_IGNORE_INVALID;TypeError LEAKWATCH_GRACE_MS_INVALID;TypeError LEAKWATCH_GRACE_MS_INVALID;',
    )
    expect(run.code).toBe(0)
  })

  it.concurrent('a process that has called `assertNoLeaks` goes on being checked', async ({ expect }) => {
    const run = await runProgram(
      `${uses('assertNoLeaks, on, track')}
      await assertNoLeaks()
      on('finding', ({ kind }) => { print(kind); clearInterval(life) })
      ;(() => track({ begin() {}, finish() {} }, { name: 'Job', start: 'begin', stop: 'finish' }).begin())()
      const life = setInterval(gc, 50)`,
      {
        flags: ['--expose-gc', '--import', preload],
        env: { LEAKWATCH_CHECK_MS: '100', LEAKWATCH_GRACE_MS: '1' },
      },
    )
    // Nothing but that ends it.
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^abandoned;/) })
  })

  it.concurrent('`openEngine` owns what runs inside, until it is closed', async ({ expect }) => {
    const run = await runProgram(`${uses('openEngine')}
      const open = openEngine('import')
      open.run(async () => { await 1; setInterval(() => {}, 1000).unref() })
      const closed = openEngine('export')
      print(closed.run(() => 7)); closed.close(); closed.close()
      const forgetful = openEngine('backup')
      forgetful.run(() => setInterval(() => {}, 1000).unref()); forgetful[Symbol.dispose ?? Symbol.for('Symbol.dispose')]()`)
    expect(run.stdout).toBe('7;')
    expect(inShort(run)[0]?.replace('exit: ', '').split(', ').toSorted()).toEqual([
      'leak never-stopped import',
      'leak stop-incomplete backup',
    ])
  })
})
