import { describe, it, vi } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { inShort, nodeVersion, runProgram } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 30_000 })

const engines = `import { setTimeout as pause } from 'node:timers/promises'
class Engine {
  start() { this.timer = setInterval(() => this.beat(), 1000) }
  beat() {}
  stop() { clearInterval(this.timer) }
}
class Pool extends Engine {
  start() { super.start(); this.client = new Client(); this.client.start() }
}
class Client extends Engine {}
class Slow extends Engine { async stop() { await pause(120); super.stop() } }
class Hanging extends Engine { async stop() { await new Promise(() => {}) } }
class Left extends Engine {}
`

/** `Slow, Pool before Client`, as the last report has it. */
function stops(report: Report | undefined): string[] {
  const names = new Map(report?.shutdown?.order.map(({ engine, name }) => [engine, name]))
  for (const { id, name } of report?.engines ?? []) names.set(id, name)
  return (report?.shutdown?.order ?? []).map(({ name, stoppedAt, stoppedBeforeChildren: left }) => {
    const children = left.length === 0 ? '' : ` before ${left.map((id) => names.get(id)).join(', ')}`
    return `${name}${stoppedAt === null ? ' not finished' : ''}${children}`
  })
}

/** Whose stops ran while that of `name` did. */
function alongside(report: Report | undefined, name: string): string[] {
  const order = report?.shutdown?.order ?? []
  const ids = order.find((each) => each.name === name)?.alongside ?? []
  return ids.map((id) => order.find(({ engine }) => engine === id)?.name ?? id)
}

describe(`a shutdown, on Node ${nodeVersion}`, () => {
  it.concurrent('by a signal: what stopped in which order, next to what, before what, and what was left open', async ({
    expect,
  }) => {
    const run = await runProgram(
      `${engines}const all = [new Slow(), new Slow(), new Pool(), new Client(), new Left()]
      for (const each of all) each.start()
      new Client().start()
      process.once('SIGTERM', async () => {
        await Promise.all([all[0].stop(), all[1].stop()])
        all[2].stop()
        all[2].client.stop()
        all[3].stop()
        process.exit()
      })
      process.kill(process.pid, 'SIGTERM')`,
    )
    const [report] = run.reports
    expect(stops(report)).toEqual(['Slow', 'Slow', 'Pool before Client', 'Client', 'Client'])
    expect(alongside(report, 'Slow')).toEqual(['Slow'])
    expect(alongside(report, 'Pool')).toEqual([])
    const [slow, , pool] = report?.shutdown?.order ?? []
    expect(slow?.tookMs).toBeGreaterThanOrEqual(115)
    expect(slow?.tookMs).toBeLessThan(1000)
    expect(pool?.tookMs).toBeLessThan(50)
    const open = report?.engines.filter(({ id }) => report.shutdown?.openAtEnd.engines.includes(id))
    expect(open?.map(({ name }) => name)).toEqual(['Left', 'Client'])
  })

  it.concurrent('without one: the stops after the last start, up to the end', async ({ expect }) => {
    const run = await runProgram(
      `${engines}const all = [new Client(), new Slow(), new Pool(), new Left()]
      const before = new Client(); before.start(); before.stop()
      for (const each of all) each.start()
      all[3].timer.unref()
      await pause(80)
      await all[1].stop()
      all[2].client.stop()
      all[2].stop()
      all[0].stop()`,
    )
    expect(inShort(run)).toEqual(['exit: leak never-stopped Left'])
    expect(stops(run.reports[0])).toEqual(['Slow', 'Client', 'Pool', 'Client'])
    expect(alongside(run.reports[0], 'Slow')).toEqual([])
  })

  it.concurrent('that a parent sees to is in order, asynchronous or not', async ({ expect }) => {
    const run = await runProgram(
      `${engines}class Outer extends Engine {
        start() { super.start(); this.inner = [new Slow(), new Client()]; for (const each of this.inner) each.start() }
        async stop() { await this.inner[0].stop(); this.inner[1].stop(); await pause(30); super.stop() }
      }
      const outer = new Outer(); outer.start(); new Left().start()
      process.once('SIGTERM', async () => { await outer.stop(); process.exit() })
      process.kill(process.pid, 'SIGTERM')`,
    )
    expect(stops(run.reports[0])).toEqual(['Outer', 'Slow', 'Client'])
    expect(alongside(run.reports[0], 'Outer')).toEqual([])
  })

  it.concurrent('is none where the program goes on, and where nothing is to be reported', async ({
    expect,
  }) => {
    const run = await runProgram(
      `${engines}import { report } from 'leakwatch'
      const one = new Engine(); one.start(); one.stop()
      console.log((await report()).shutdown)`,
    )
    expect(run).toMatchObject({ stdout: 'null\n', reports: [], files: [] })
  })

  it.concurrent('of more engines than are listed has what has not finished all the same', async ({
    expect,
  }) => {
    const run = await runProgram(
      `${engines}const all = Array.from({ length: 1200 }, () => new Client())
      const last = new Hanging()
      for (const each of [...all, last]) each.start()
      process.once('SIGTERM', () => {
        for (const each of all) each.stop()
        last.stop()
        process.exit()
      })
      process.kill(process.pid, 'SIGTERM')`,
      { env: { LEAKWATCH_FORMAT: 'text' } },
    )
    const shutdown = run.reports[0]?.shutdown
    expect(shutdown).toMatchObject({ order: { length: 1001 }, omitted: 200 })
    expect(shutdown?.order.at(-1)).toMatchObject({ name: 'Hanging', stoppedAt: null })
    expect(run.stderr).toMatch(/Hanging .*✖ not finished after .*\n +and 200 stops more\n/)
  })

  it.concurrent('that hangs is named while it hangs, once, by the next check too', async ({ expect }) => {
    const run = await runProgram(
      `${engines}const hanging = new Hanging(); hanging.start()
      process.once('SIGTERM', () => hanging.stop())
      console.log('ready')`,
      {
        env: { LEAKWATCH_FORMAT: 'text', LEAKWATCH_STALL_MS: '300', LEAKWATCH_CHECK_MS: '200' },
        whenReady: (child) => {
          let text = ''
          child.kill('SIGTERM')
          child.stderr.on('data', (chunk: string) => {
            text += chunk
            if (/at a check[\s\S]*summary/.test(text) && /after SIGTERM[\s\S]*summary/.test(text)) {
              setTimeout(() => child.kill('SIGKILL'), 500)
            }
          })
        },
      },
    )
    expect(inShort(run).toSorted()).toEqual([
      'check: leak stop-pending Hanging',
      'stall: leak stop-pending Hanging',
    ])
    expect(run.reports.at(-1)?.findings[0]?.siblings).toEqual({ started: 1, stopped: 0, stoppedAt: [] })
    expect(run.stderr).toMatch(/Hanging +━*▶ +✖ not finished after \d+ ms/)
    expect(run.stderr).toMatch(/✖ Hanging: its stop was called \d+ ms ago and has not finished +stop-pending/)
  })
})
