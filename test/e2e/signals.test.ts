import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, it, vi } from 'vitest'
import { type Child, engine, inShort, nodeVersion, readReports, runProgram, until } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 30_000 })

const alive = 'setInterval(() => {}, 1000)\n'
const ready = "process.stdout.write('ready\\n')\n"
const leak = `${engine}globalThis.kept = new Engine(); kept.start()\n${alive}`
const leaked = 'leak orphan setInterval, leak never-stopped Engine'
/** What holds the process comes first. */
const ran = 'warning orphan setInterval, warning never-stopped Engine'
const deadly = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
const send = (signal: NodeJS.Signals) => (child: Child) => void child.kill(signal)

describe(`a deadly signal, on Node ${nodeVersion}`, () => {
  it.concurrent('that has arrived as the program begins to listen reaches its listener', async ({
    expect,
  }) => {
    const kill = "import { execSync } from 'node:child_process'\nexecSync('kill ' + process.pid)\n"
    const listen = "process.on('SIGTERM', () => process.exit(7))\n"
    // Without leakwatch it is the end of the program.
    expect(await runProgram(kill + listen + alive)).toMatchObject({ code: 7, signal: null, stderr: '' })
  })

  it.concurrent('passes through the `process.emit` that was there as the program began to listen', async ({
    expect,
  }) => {
    const patch = (name: string) => `{ const { emit } = process; process.emit = function (...args) {
  if (args[0] === 'SIGTERM') console.log('${name}')
  return emit.apply(this, args)
} }
`
    const listen = "process.on('SIGTERM', () => process.exit(7))\n"
    const run = await runProgram(patch('before') + listen + patch('after') + ready + alive, {
      whenReady: send('SIGTERM'),
    })
    expect(run).toMatchObject({ code: 7, stdout: 'before\n' })
  })

  for (const signal of deadly) {
    it.concurrent(`${signal}: a death by it is reported, and stays one`, async ({ expect }) => {
      const run = await runProgram(leak + ready, { whenReady: send(signal) })
      expect(run).toMatchObject({ code: null, signal, stdout: '', stderr: '' })
      expect(inShort(run)).toEqual([`exit: ${ran}`])
      expect(run.reports[0]?.process).toMatchObject({ exitCode: null, signal })
    })

    it.concurrent(`${signal}: without a leak the death is silent`, async ({ expect }) => {
      const run = await runProgram(`const wait = () => setImmediate(wait)\nwait()\n${ready}`, {
        env: { LEAKWATCH_FORMAT: 'text' },
        whenReady: send(signal),
      })
      expect(run).toMatchObject({ code: null, signal, stdout: '', stderr: '', files: [] })
    })

    it.concurrent(`${signal}: the program's own handler is called, and its exit reported`, async ({
      expect,
    }) => {
      const run = await runProgram(
        `${leak}process.on('${signal}', (name) => {
        process.stdout.write(name + ' ' + process.listenerCount(name)); process.exit(4)
      })\n${ready}`,
        { whenReady: send(signal) },
      )
      expect(run).toMatchObject({ code: 4, signal: null, stdout: `${signal} 1` })
      expect(inShort(run)).toEqual([`exit: ${leaked}`])
    })

    it.concurrent(`${signal}: a once-listener hears the first, and the second is a death`, async ({
      expect,
    }) => {
      const run = await runProgram(
        `${leak}process.once('${signal}', () => {
        process.stdout.write('once'); process.kill(process.pid, '${signal}')
      })\n${ready}`,
        { whenReady: send(signal) },
      )
      expect(run).toMatchObject({ code: null, signal, stdout: 'once' })
      expect(inShort(run)).toEqual([`exit: ${leaked}`])
    })

    it.concurrent(`${signal}: a death again once the program's handlers were removed`, async ({ expect }) => {
      const run = await runProgram(
        `${leak}process.on('${signal}', () => process.exit(4))
        process.on('${signal}', () => process.exit(5))
        process.removeAllListeners('${signal}')\n${ready}`,
        { whenReady: send(signal) },
      )
      expect(run).toMatchObject({ code: null, signal, stdout: '' })
      expect(inShort(run)).toEqual([`exit: ${ran}`])
    })
  }

  it.concurrent('kills a program that removed every listener of `process`', async ({ expect }) => {
    const run = await runProgram(`${leak}process.removeAllListeners()\n${ready}`, {
      whenReady: send('SIGTERM'),
    })
    expect(run).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' })
  })

  it.concurrent('is also handled beside `signal-exit`, whose callback is called once', async ({ expect }) => {
    const signalExit = createRequire(import.meta.url).resolve('signal-exit')
    const run = await runProgram(
      `import { createRequire } from 'node:module'
      const { onExit } = createRequire(import.meta.url)(${JSON.stringify(signalExit)})
      ${leak}onExit((code, signal) => { process.stdout.write(code + ' ' + signal + ';') })\n${ready}`,
      {
        whenReady: send('SIGTERM'),
      },
    )
    expect(run).toMatchObject({ code: null, signal: 'SIGTERM', stdout: 'null SIGTERM;', stderr: '' })
    expect(inShort(run)).toEqual([`exit: ${leaked}`])
  })
})

describe(`a death by a signal that the program does not handle, on Node ${nodeVersion}`, () => {
  const server = `import { createServer } from 'node:http'
createServer().listen(0, () => process.stdout.write('ready\\n'))\n`
  const left = `class Left { start() { this.timer = setInterval(() => {}, 1000) } stop() {} }
const left = new Left(); left.start(); left.stop()\n`

  for (const [format, lines] of [
    ['text', 0],
    ['json', 0],
    ['ndjson', 1],
  ] as const) {
    it.concurrent(`shows no leak of what runs: ${lines} lines in ${format}`, async ({ expect }) => {
      for (const signal of deadly) {
        const run = await runProgram(server, {
          env: { LEAKWATCH_FORMAT: format, LEAKWATCH_OUT: '' },
          whenReady: send(signal),
        })
        expect(run).toMatchObject({ code: null, signal, stdout: '' })
        const printed = run.stderr.split('\n').slice(0, -1)
        expect(printed).toHaveLength(lines)
        for (const line of printed) {
          expect(JSON.parse(line)).toMatchObject({
            level: 'warn',
            event: 'leakwatch.summary',
            trigger: 'exit',
            signal,
            leaks: 0,
            warnings: 1,
            running: [{ kind: 'never-stopped', name: 'http.Server', site: { line: 2 }, count: 1 }],
          })
        }
      }
    })
  }

  it.concurrent('says that it runs, and not that it was never stopped', async ({ expect }) => {
    const run = await runProgram(server, { whenReady: send('SIGTERM') })
    expect(inShort(run)).toEqual(['exit: warning never-stopped http.Server'])
    expect(run.reports[0]?.findings[0]?.message).toMatch(/^http\.Server has been running for /)
    expect(run.reports[0]?.process).toMatchObject({ exitCode: null, signal: 'SIGTERM' })
  })

  it.concurrent('still shows what a stop has left', async ({ expect }) => {
    const run = await runProgram(left + ready, {
      env: { LEAKWATCH_FORMAT: 'text' },
      whenReady: send('SIGINT'),
    })
    expect(inShort(run)).toEqual(['exit: leak stop-incomplete Left'])
    expect(run.stderr).toContain('stop-incomplete')
  })

  it.concurrent('is silent where nothing ran', async ({ expect }) => {
    const run = await runProgram(`const wait = () => setImmediate(wait)\nwait()\n${ready}`, {
      env: { LEAKWATCH_FORMAT: 'ndjson' },
      whenReady: send('SIGTERM'),
    })
    expect(run).toMatchObject({ signal: 'SIGTERM', stderr: '', files: [] })
  })
})

describe(`a shutdown that stalls, on Node ${nodeVersion}`, () => {
  const slow = (signal: string) =>
    `${leak}process.on('${signal}', () => setTimeout(() => process.exit(), 600))\n${ready}`

  for (const signal of deadly) {
    it.concurrent(`${signal}: is reported, and carries on`, async ({ expect }) => {
      const run = await runProgram(slow(signal), {
        env: { LEAKWATCH_STALL_MS: '100' },
        whenReady: send(signal),
      })
      expect(run).toMatchObject({ code: 0, signal: null, stderr: '' })
      expect(inShort(run).map((each) => each.split(':')[0])).toEqual(['stall', 'exit'])
      expect(inShort(run)[0]).toContain(leaked)
      expect(run.reports[0]?.process).toMatchObject({ signal, exitCode: null })
    })
  }

  it.concurrent('is not reported with LEAKWATCH_STALL_MS=0', async ({ expect }) => {
    const run = await runProgram(slow('SIGTERM'), {
      env: { LEAKWATCH_STALL_MS: '0' },
      whenReady: send('SIGTERM'),
    })
    expect(run.reports.map(({ trigger }) => trigger)).toEqual(['exit'])
  })
})

describe(`the signal for a report, on Node ${nodeVersion}`, () => {
  /** Sends it three times, each once the report before it is there; then ends the program. */
  const threeTimes = (signal: NodeJS.Signals) => async (child: Child, folder: string) => {
    for (let saved = 1; saved <= 3; saved += 1) {
      child.kill(signal)
      await until(() => readReports(join(folder, 'reports')).length >= saved || child.exitCode !== null)
    }
    child.kill('SIGKILL')
  }
  const three = Array.from({ length: 3 }, () => `signal: ${ran}`)

  it.concurrent('is SIGUSR2, and can be sent again and again', async ({ expect }) => {
    const run = await runProgram(leak + ready, { whenReady: threeTimes('SIGUSR2') })
    expect(inShort(run)).toEqual(three)
    expect(run).toMatchObject({ signal: 'SIGKILL', stderr: '' })
    expect(run.reports[0]?.process).toMatchObject({ signal: 'SIGUSR2', exitCode: null })
  })

  it.concurrent('still reaches the listener of the program', async ({ expect }) => {
    const own =
      "process.on('SIGUSR2', (name) => process.stdout.write(name + process.listenerCount(name) + ';'))\n"
    const run = await runProgram(leak + own + ready, { whenReady: threeTimes('SIGUSR2') })
    expect(inShort(run)).toEqual(three)
    expect(run.stdout).toBe('SIGUSR22;SIGUSR22;SIGUSR22;')
  })

  it.concurrent('may be another; SIGUSR2 is then deadly as without leakwatch', async ({ expect }) => {
    const env = { LEAKWATCH_SIGNAL: 'SIGWINCH' }
    expect(inShort(await runProgram(leak + ready, { env, whenReady: threeTimes('SIGWINCH') }))).toEqual(three)
    const run = await runProgram(leak + ready, { env, whenReady: send('SIGUSR2') })
    expect(run).toMatchObject({ signal: 'SIGUSR2', files: [] })
  })

  it.concurrent('may be a deadly one, which then kills no more', async ({ expect }) => {
    const env = { LEAKWATCH_SIGNAL: 'SIGHUP' }
    expect(inShort(await runProgram(leak + ready, { env, whenReady: threeTimes('SIGHUP') }))).toEqual(three)
  })

  it.concurrent('is none with `none`', async ({ expect }) => {
    const run = await runProgram(leak + ready, {
      env: { LEAKWATCH_SIGNAL: 'none' },
      whenReady: send('SIGUSR2'),
    })
    expect(run).toMatchObject({ signal: 'SIGUSR2', files: [] })
  })

  it.concurrent('keeps a program alive that it would have killed, and no longer than it lives', async ({
    expect,
  }) => {
    const run = await runProgram(
      `${engine}globalThis.kept = new Engine(); kept.start()\nsetTimeout(() => {}, 400)\n${ready}`,
      {
        whenReady: send('SIGUSR2'),
      },
    )
    expect(run).toMatchObject({ code: 0, signal: null })
    expect(run.reports.map(({ trigger }) => trigger)).toEqual(['signal', 'exit'])
  })
})
