import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, it, vi } from 'vitest'
import { node, nodeVersion, until } from './program.ts'
import { bin, leaksOf, makeFolder, runCommand } from './run-command.ts'

vi.setConfig({ maxConcurrency: 3, testTimeout: 90_000 })

const folder = makeFolder({
  // Neither SIGTERM nor SIGINT ends it.
  'stays.mjs': `class Poller {
  start() { this.timer = setInterval(() => {}, 1000) }
  stop() { clearInterval(this.timer) }
}
globalThis.poller = new Poller()
globalThis.poller.start()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR2']) process.on(signal, () => process.stdout.write(signal + '\\n'))
process.stdout.write('ready ' + process.pid + '\\n')
`,
  'counts.mjs': `const signals = ['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGTERM']
for (const signal of signals) process.on(signal, () => {
  process.stdout.write(signal + '\\n')
  if (signal === 'SIGTERM') process.exit(9)
})
setInterval(() => {}, 1000)
process.stdout.write('ready ' + process.pid + '\\n')
`,
  // It breaks off at the second SIGTERM.
  'graceful.mjs': `let terms = 0
process.on('SIGINT', () => process.stdout.write('SIGINT\\n'))
process.on('SIGTERM', () => {
  process.stdout.write('SIGTERM\\n')
  terms += 1
  if (terms === 2) process.exit(1)
  setTimeout(() => process.exit(9), 300)
})
setInterval(() => {}, 1000)
process.stdout.write('ready ' + process.pid + '\\n')
`,
  'tree.sh': 'sleep 61 & node stays.mjs & wait\n',
  'killed.sh': 'sleep 62 & node stays.mjs | while read line; do echo $line; kill -KILL $$; done\n',
  'busy.mjs': "process.stdout.write('ready ' + process.pid + '\\n'); for (;;);\n",
})
afterAll(() => folder.remove())

/** Those of the folder's processes that are still there: `sleep 61`. */
function living(): string[] {
  const pids = execFileSync('ps', ['-eo', 'pid='], { encoding: 'utf8' }).split('\n').map(Number)
  return pids.flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${folder.path}`)) return []
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim()
    } catch {
      return []
    }
  })
}

const hasProc = existsSync('/proc/self/environ')

describe.skipIf(!hasProc)(`\`leakwatch run\` ends, on Node ${nodeVersion}`, () => {
  it.concurrent('what does not end in its time, and tells what held it', async ({ expect }) => {
    const run = await runCommand(folder, ['sh', 'tree.sh'], {
      flags: ['--timeout', '5', '--format', 'json'],
    })
    expect(run).toMatchObject({ code: 124, left: [], report: { trigger: 'stall', timeoutMs: 5000 } })
    expect(leaksOf(run.report)).toEqual(['node stays.mjs: never-stopped Poller'])
    expect(run.report?.processes).toMatchObject([{ command: 'node stays.mjs', state: 'ended' }])
    expect(run.report?.leftRunning).toBe(undefined)
    expect(living()).not.toContain('sleep 61')
    // By which it was asked: that is between leakwatch and itself.
    expect(run.stdout).not.toContain('SIGUSR2')
  })

  it.concurrent('what the command leaves when it is killed', async ({ expect }) => {
    const run = await runCommand(folder, ['sh', 'killed.sh'])
    expect(run).toMatchObject({ code: 137, left: [], report: { process: { signal: 'SIGKILL' } } })
    expect(leaksOf(run.report)).toEqual(['node stays.mjs: never-stopped Poller'])
    expect(living()).not.toContain('sleep 62')
  })

  it.concurrent('what two interrupts do not', async ({ expect }) => {
    const run = await runCommand(folder, ['node', 'stays.mjs'], {
      whenReady: async (child, _pid, said) => {
        child.kill('SIGINT')
        await until(() => said().includes('SIGINT'))
        // Not the same once more.
        await new Promise((resolve) => setTimeout(resolve, 200))
        child.kill('SIGINT')
      },
    })
    expect(run).toMatchObject({
      code: 130,
      left: [],
      stdout: expect.stringMatching(/^ready \d+\nSIGINT\nSIGINT\n/),
    })
    expect(leaksOf(run.report)).toEqual(['node stays.mjs: never-stopped Poller'])
  })

  it.concurrent('one whose event loop does not turn, and says that it gave no answer', async ({ expect }) => {
    const run = await runCommand(folder, ['node', 'busy.mjs'], {
      flags: ['--timeout', '4', '--format', 'text'],
    })
    expect(run).toMatchObject({ code: 124, left: [] })
    expect(run.stderr.replace(/\s+/g, ' ')).toMatch(
      /no report node busy\.mjs \(pid \d+\): it did not say what keeps it alive, and was ended/,
    )
  })
})

describe(`signals to \`leakwatch run\`, on Node ${nodeVersion}`, () => {
  it.concurrent('reach the command, once each', async ({ expect }) => {
    const signals = ['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGTERM'] as const
    const run = await runCommand(folder, ['node', 'counts.mjs'], {
      whenReady: async (child, _pid, said) => {
        for (const signal of signals) {
          child.kill(signal)
          await until(() => said().includes(signal))
        }
      },
    })
    expect(run).toMatchObject({
      code: 9,
      stdout: expect.stringMatching(/^ready \d+\nSIGINT\nSIGHUP\nSIGQUIT\nSIGUSR1\nSIGTERM\n$/),
      left: [],
    })
  })

  it.concurrent('do not reach it twice where the whole process group gets them', async ({ expect }) => {
    const run = await runCommand(folder, ['node', 'graceful.mjs'], {
      detached: true,
      whenReady: async (child, _pid, said) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          process.kill(-Number(child.pid), signal)
          await until(() => said().includes(signal))
          await new Promise((resolve) => setTimeout(resolve, 120))
        }
      },
    })
    expect(run).toMatchObject({
      code: 9,
      stdout: expect.stringMatching(/^ready \d+\nSIGINT\nSIGTERM\n$/),
      left: [],
    })
  })

  it.concurrent('SIGUSR2 has every watched process report, and is the death of none', async ({ expect }) => {
    const run = await runCommand(folder, ['sh', 'tree.sh'], {
      flags: ['--format', 'ndjson'],
      whenReady: async (child) => {
        let stderr = ''
        child.stderr?.on('data', (chunk: string) => (stderr += chunk))
        child.kill('SIGUSR2')
        await until(() => stderr.includes('"event":"leakwatch.summary"'))
        child.kill('SIGINT')
        await new Promise((resolve) => setTimeout(resolve, 200))
        child.kill('SIGINT')
      },
    })
    expect(run.stderr).toContain('"trigger":"signal"')
    expect(run).toMatchObject({ code: 130, left: [] })
  })

  it.concurrent('SIGKILL leaves no file behind; who is left then tells by itself', async ({ expect }) => {
    const run = await runCommand(folder, ['node', 'counts.mjs'], {
      flags: ['--format', 'text'],
      whenReady: async (child, pid) => {
        child.kill('SIGKILL')
        await until(() => child.signalCode !== null)
        process.kill(pid, 'SIGTERM')
      },
    })
    expect(run).toMatchObject({ signal: 'SIGKILL', left: [] })
    expect(run.stderr).toMatch(/^leakwatch: 1 leak in counts\.mjs \(pid \d+\) at exit\n/)
  })
})

function parentOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }))
}

/** util-linux's `script` gives a program a terminal; others of that name take other options. */
function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8', stdio: 'pipe' }).includes('util-linux')
  } catch {
    return false
  }
}

describe.skipIf(!hasScript())(`in a terminal, on Node ${nodeVersion}`, () => {
  it.concurrent('Ctrl-C reaches the command once, and the report comes after it', async ({ expect }) => {
    // No shell stays beside it: some shells die of Ctrl-C, others do not.
    const line = `stty -echo cols 80; exec '${node}' '${bin}' run --format text -- node counts.mjs`
    const run = await runCommand(folder, ['script', '-qec', line, '/dev/null'], {
      flags: null,
      stdin: null,
      env: { NO_COLOR: '1' },
      whenReady: async (child, pid, said) => {
        child.stdin?.write('\u0003')
        await until(() => said().includes('SIGINT'))
        child.stdin?.write('\u001c')
        await until(() => said().includes('SIGQUIT'))
        // To `run` alone; not the same once more.
        await new Promise((resolve) => setTimeout(resolve, 200))
        process.kill(parentOf(pid), 'SIGQUIT')
        await until(() => said().split('SIGQUIT').length === 3)
        process.kill(pid, 'SIGTERM')
      },
    })
    const said = run.stdout.replaceAll('\r', '').replace(/\d+/g, 'N')
    expect(said).toMatch(
      /^ready N\nSIGINT\nSIGQUIT\nSIGQUIT\nSIGTERM\nleakwatch: N leak in node counts\.mjs \(pid N\), exit code N\n/,
    )
    expect(run).toMatchObject({ code: 9, left: [] })
  })
})
