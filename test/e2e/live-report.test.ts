import { describe, it, vi } from 'vitest'
import { inShort, nodeVersion, preload, runProgram } from './program.ts'

vi.setConfig({ maxConcurrency: 2, testTimeout: 60_000 })

const api = `import { report } from '${preload}'\n`
const engines = `class Engine {
  start() { this.timer = setInterval(() => {}, 1000) }
  stop() { clearInterval(this.timer) }
}
const engines = Array.from({ length: 4000 }, () => new Engine())
for (const engine of engines) engine.start()
`
const env = { LEAKWATCH_FORMAT: 'none' }

describe(`a report that is made while the program runs on, on Node ${nodeVersion}`, () => {
  it.concurrent('lets the event loop go round', async ({ expect }) => {
    const run = await runProgram(
      `${api}${engines}let turns = 0
      const turning = setInterval(() => { turns += 1 }, 0)
      await report()
      console.log(turns > 3)
      process.kill(process.pid, 'SIGKILL')`,
      { env },
    )
    expect(run).toMatchObject({ stdout: 'true\n', stderr: '' })
  })

  it.concurrent('accuses no engine that is stopped meanwhile, and tells of no handle that has closed', async ({
    expect,
  }) => {
    const run = await runProgram(
      `${api}${engines}let stopped = 0
      const stopping = setInterval(() => { for (let i = 0; i < 20; i += 1) engines[stopped++]?.stop() }, 0)
      const { findings, engines: told, handles } = await report()
      const last = stopped
      clearInterval(stopping)
      const wrong = told.filter(({ id, state }, index) => state === 'stopped' && findings.some(({ engine }) => engine === id))
      console.log(JSON.stringify({
        wasStopping: last > 0,
        leaks: findings.filter(({ severity }) => severity === 'leak').length,
        wrong: wrong.length,
        accused: findings.find(({ kind }) => kind === 'never-stopped').count === 4000 - last,
        handles: handles.filter(({ engine }) => engine !== null).length === 4000 - last,
      }))
      process.kill(process.pid, 'SIGKILL')`,
      { env },
    )
    expect(JSON.parse(run.stdout)).toEqual({
      wasStopping: true,
      leaks: 0,
      wrong: 0,
      accused: true,
      handles: true,
    })
  })

  it.concurrent('is finished before the process ends', async ({ expect }) => {
    const run = await runProgram(
      `setInterval(() => {}, 1000)
      process.on('SIGUSR2', () => setImmediate(() => process.exit()))
      process.kill(process.pid, 'SIGUSR2')`,
    )
    expect(inShort(run)).toEqual(['signal: warning orphan setInterval', 'exit: leak orphan setInterval'])
  })
})
