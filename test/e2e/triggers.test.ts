import { describe, it, vi } from 'vitest'
import { engine, inShort, nodeVersion, runProgram } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 30_000 })

const leak = `${engine}new Engine().start()\n`
const leaked = ['exit: leak never-stopped Engine']

/** Ways to end, each after an engine was left running. */
const endings: [way: string, ending: string, code: number][] = [
  ['drains', '', 0],
  ['drains, having set an exit code', 'process.exitCode = 4', 4],
  ['calls `process.exit`', 'process.exit(3)', 3],
  ['calls `process.exit` in a callback', 'setTimeout(() => process.exit(), 5)', 0],
  ['calls `process.exit` in an exit listener', "process.on('exit', () => process.exit(5))", 5],
  [
    'calls `process.exit` in an exit listener of `process.exit`',
    "process.on('exit', () => process.exit(5)); process.exit(2)",
    5,
  ],
  ['sets the exit code in an exit listener', "process.on('exit', () => { process.exitCode = 6 })", 6],
  ['throws in an exit listener', "process.on('exit', () => { throw new Error('late') })", 1],
  ['throws', "throw new Error('no handler')", 1],
  ['throws in a callback', "setTimeout(() => { throw new Error('no handler') }, 5)", 1],
  ['rejects with nobody listening', "Promise.reject(new Error('no handler'))", 1],
  ['awaits what never settles', 'await new Promise(() => {})', 13],
  [
    'handles what was thrown',
    "process.on('uncaughtException', () => {}); setTimeout(() => { throw 1 }, 5)",
    0,
  ],
]

describe(`the report at exit, on Node ${nodeVersion}`, () => {
  for (const [way, ending, code] of endings) {
    it.concurrent(`comes once where the program ${way}, and keeps code ${code}`, async ({ expect }) => {
      const run = await runProgram(leak + ending)
      expect(run).toMatchObject({ code, signal: null, stdout: '' })
      expect(inShort(run)).toEqual(leaked)
      expect(run.reports[0]?.process).toMatchObject({ exitCode: code, signal: null })
    })
  }

  it.concurrent('comes after the exit listeners of the program: what they stop is stopped', async ({
    expect,
  }) => {
    const run = await runProgram(
      `${engine}const one = new Engine(); one.start(); process.on('exit', () => one.stop()); process.exit()`,
    )
    expect(run).toMatchObject({ code: 0, stderr: '', files: [] })
  })

  it.concurrent('comes after `beforeExit`, once, where that made the program go on', async ({ expect }) => {
    const run = await runProgram(
      `${leak}let rounds = 0
      process.on('beforeExit', () => { if (rounds++ < 3) setTimeout(() => {}, 2) })
      process.on('exit', () => process.stdout.write(String(rounds)))`,
    )
    expect(run.stdout).toBe('4')
    expect(inShort(run)).toEqual(leaked)
  })

  it.concurrent('is silent where everything was stopped', async ({ expect }) => {
    const run = await runProgram(`${engine}const one = new Engine(); one.start(); one.stop()`, {
      env: { LEAKWATCH_FORMAT: 'text' },
    })
    expect(run).toMatchObject({ code: 0, stdout: '', stderr: '', files: [] })
  })

  it.concurrent('tells children that were left behind from those that were forgotten', async ({ expect }) => {
    const run = await runProgram(
      `import { spawn } from 'node:child_process'
      const stdio = 'ignore'
      for (const each of [{ stdio, detached: true }, { stdio }]) spawn('sleep', ['0.5'], each).unref()`,
    )
    const child = 'never-stopped child_process.ChildProcess'
    expect(inShort(run)).toEqual([`exit: leak ${child}, warning ${child}`])
    expect(run.reports[0]?.findings).toMatchObject([{ count: 1 }, { count: 1 }])
  })

  it.concurrent('says nothing on stderr of warnings alone, and saves them', async ({ expect }) => {
    const run = await runProgram('setInterval(() => {}, 1000).unref()', { env: { LEAKWATCH_FORMAT: 'text' } })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(inShort(run)).toEqual(['exit: warning orphan setInterval'])
  })

  it.concurrent('leaves the error whole that ended the program', async ({ expect }) => {
    const { stderr } = await runProgram(`${leak}throw new Error('no handler')`, {
      env: { LEAKWATCH_FORMAT: 'text' },
    })
    expect(stderr).toContain('never-stopped')
    expect(stderr).toMatch(/^Error: no handler\n {4}at /m)
  })
})

describe(`LEAKWATCH_FAIL=on, on Node ${nodeVersion}`, () => {
  const fail = { env: { LEAKWATCH_FAIL: 'on' } }

  for (const [way, ending, code] of endings) {
    it.concurrent(`gives ${code || 23} where the program ${way}`, async ({ expect }) => {
      const run = await runProgram(leak + ending, fail)
      expect(run.code).toBe(code || 23)
      expect(run.reports[0]?.process.exitCode).toBe(code || 23)
    })
  }

  it.concurrent('gives 23 where an exit listener calls `process.exit(0)`', async ({ expect }) => {
    expect(await runProgram(`${leak}process.on('exit', () => process.exit(0))`, fail)).toMatchObject({
      code: 23,
    })
  })

  it.concurrent('gives 0 where nothing leaked, or warnings alone are left', async ({ expect }) => {
    expect((await runProgram('process.exit()', fail)).code).toBe(0)
    expect((await runProgram('setInterval(() => {}, 1000).unref()', fail)).code).toBe(0)
  })

  it.concurrent('leaves a death by signal alone', async ({ expect }) => {
    const run = await runProgram(
      `${leak}process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 9)`,
      fail,
    )
    expect(run).toMatchObject({ code: null, signal: 'SIGTERM' })
    expect(inShort(run)[0]).toMatch(/^exit: leak/)
  })
})
