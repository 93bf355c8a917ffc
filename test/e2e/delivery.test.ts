import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it, vi } from 'vitest'
import { type Child, engine, inShort, nodeVersion, preload, runProgram, until } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 30_000 })

const leak = `${engine}globalThis.kept = new Engine(); kept.start()\n`
const leaked = ['exit: leak never-stopped Engine']
/** The files in `folder`, by their paths from there. What is installed is left out: it has tens of thousands of files, behind a link. */
function filesIn(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return []
    const path = join(below, entry.name)
    return entry.isDirectory() ? filesIn(folder, path) : [path]
  })
}

/** Keeps the program there until it is looked at; it is ended by SIGTERM, which makes its report. */
const held = "setInterval(() => {}, 1000); process.stdout.write('ready\\n')"

describe(`LEAKWATCH_OUT, on Node ${nodeVersion}`, () => {
  /** What the program's folder holds once it has reported, by path, with modes. */
  async function saved(out: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    await runProgram(leak + held, {
      env: { LEAKWATCH_OUT: out, LEAKWATCH_SIGNAL: 'SIGUSR2' },
      whenReady: async (child, folder) => {
        child.kill('SIGUSR2')
        const files = () => filesIn(folder).filter((name) => name.includes('.json'))
        await until(() => files().some((name) => name.endsWith('.json')) || child.exitCode !== null)
        for (const name of files()) {
          const path = join(folder, name)
          found[name.replaceAll(String(child.pid), 'PID')] = (statSync(path).mode & 0o777).toString(8)
          JSON.parse(readFileSync(path, 'utf8'))
        }
        child.kill('SIGKILL')
      },
    })
    return found
  }

  it.concurrent('ending in `.json` is that file, for the user alone', async ({ expect }) => {
    expect(await saved('one.json')).toEqual({ 'one.json': '600' })
  })

  it.concurrent('fills in pid, thread and sequence, and makes folders', async ({ expect }) => {
    expect(await saved('a/b-%p/%t-%n.json')).toEqual({ 'a/b-PID/0-1.json': '600' })
  })

  it.concurrent('is a folder otherwise, with one file a report', async ({ expect }) => {
    const files = Object.entries(await saved('reports'))
    expect(files).toHaveLength(1)
    expect(files[0]?.[0]).toMatch(/^reports\/leakwatch-[\dTZ-]+-PID-0-1\.json$/)
    expect(files[0]?.[1]).toBe('600')
  })

  it.concurrent('keeps the last of several reports where it is one file', async ({ expect }) => {
    const run = await runProgram(`${leak}process.kill(process.pid, 'SIGUSR2'); setTimeout(() => {}, 400)`, {
      env: { LEAKWATCH_OUT: 'reports/one.json' },
    })
    expect(inShort(run)).toEqual(leaked)
  })

  it.concurrent('makes nothing, not even the folder, where there is nothing to say', async ({ expect }) => {
    expect(await runProgram('')).toMatchObject({ code: 0, stderr: '', files: [] })
  })

  it.concurrent('that cannot be written is complained of in one line', async ({ expect }) => {
    const run = await runProgram(`${leak}process.exitCode = 5`, { env: { LEAKWATCH_OUT: 'program.mjs/x' } })
    expect(run).toMatchObject({ code: 5, files: [] })
    expect(run.stderr).toMatch(
      /^LEAKWATCH_OUT_UNWRITABLE: expected `LEAKWATCH_OUT` to name .*; got \w+ at .*\n$/,
    )
  })

  it.concurrent('leaves no draft behind where a folder stands in its place', async ({ expect }) => {
    const run = await runProgram(leak + held, {
      env: { LEAKWATCH_OUT: 'taken.json' },
      whenReady: (child, folder) => {
        mkdirSync(join(folder, 'taken.json'))
        child.kill('SIGTERM')
      },
    })
    expect(run).toMatchObject({ signal: 'SIGTERM', files: ['taken.json'] })
    expect(run.stderr).toContain('LEAKWATCH_OUT_UNWRITABLE')
  })
})

describe(`stderr, on Node ${nodeVersion}`, () => {
  const formats: [name: string, env: Record<string, string>, first: RegExp][] = [
    ['is NDJSON for a log collector', { LEAKWATCH_FORMAT: 'auto' }, /^\{"level":"error"/],
    ['is text in CI', { LEAKWATCH_FORMAT: 'auto', CI: 'true' }, /^leakwatch: 1 leak in program\.mjs/],
    ['is text', { LEAKWATCH_FORMAT: 'text' }, /^leakwatch: 1 leak in program\.mjs/],
    ['is JSON', { LEAKWATCH_FORMAT: 'json' }, /^\{"schema":"leakwatch\/1"/],
    ['is NDJSON', { LEAKWATCH_FORMAT: 'ndjson' }, /^\{"level":"error"/],
    ['has nothing', { LEAKWATCH_FORMAT: 'none' }, /^$/],
  ]
  for (const [title, env, first] of formats) {
    it.concurrent(`${title} with ${JSON.stringify(env)}`, async ({ expect }) => {
      const run = await runProgram(leak, { env })
      expect(run.stderr).toMatch(first)
      expect(run.stdout).toBe('')
      expect(inShort(run)).toEqual(leaked)
    })
  }

  it.concurrent('names each senseless setting in one line, and the program starts', async ({ expect }) => {
    const run = await runProgram("process.stdout.write('ran')", {
      env: {
        LEAKWATCH_FORMAT: 'xml',
        LEAKWATCH_GRACE_MS: '-1',
        LEAKWATCH_IGNORE: '[{}]',
        LEAKWATCH_SIGNAL: 'SIGKILL',
      },
    })
    const lines = run.stderr.trimEnd().split('\n')
    expect(run).toMatchObject({ code: 0, stdout: 'ran' })
    expect(lines.map((line) => line.split(':')[0]).toSorted()).toEqual([
      'LEAKWATCH_FORMAT_UNKNOWN',
      'LEAKWATCH_GRACE_MS_INVALID',
      'LEAKWATCH_IGNORE_INVALID',
      'LEAKWATCH_SIGNAL_UNKNOWN',
    ])
  })

  it.concurrent('may be closed: the report is saved all the same', async ({ expect }) => {
    const run = await runProgram(`${leak}process.exitCode = 5`, {
      env: { LEAKWATCH_FORMAT: 'text' },
      whenSpawned: (child) => void child.stderr.destroy(),
    })
    expect(run).toMatchObject({ code: 5, signal: null })
    expect(inShort(run)).toEqual(leaked)
  })

  it.concurrent('has the report of a program that has taken `fs` to pieces', async ({ expect }) => {
    const fs = "import fs from 'node:fs'\n"
    const broken = 'fs.writeSync = fs.readFileSync = fs.openSync = () => { throw new Error() }\n'
    const run = await runProgram(fs + leak + broken, { env: { LEAKWATCH_FORMAT: 'text' } })
    expect(run).toMatchObject({ code: 0 })
    expect(run.stderr).toMatch(/^leakwatch: 1 leak in program\.mjs/)
    expect(inShort(run)).toEqual(leaked)
  })

  it.concurrent('has the report of a process that may read little else', async ({ expect }) => {
    // The packages that NDJSON and the parser need are not among it: engines are not found, and the report says so.
    const own = fileURLToPath(new URL('.', preload))
    const permission = Number.parseInt(nodeVersion, 10) < 24 ? '--experimental-permission' : '--permission'
    const run = await runProgram(
      `${engine}new Engine().start()\nsetInterval(() => {}, 1000)\nprocess.exit()\n`,
      {
        env: { LEAKWATCH_FORMAT: 'text', LEAKWATCH_OUT: '' },
        flags: [permission, '--allow-fs-read=./', `--allow-fs-read=${own}`, '--import', preload],
      },
    )
    expect(run.stderr).toContain('belongs to no engine')
    expect(run.stderr).toContain('it could not be read')
  })

  const long = `${engine}for (let many = 0; many < 3000; many += 1) new Engine().start()\n`

  for (const [way, ending] of [
    ['process.exit', 'process.exit(3)'],
    ['an uncaught exception', "throw new Error('no handler')"],
  ] as const) {
    it.concurrent(`takes over 1 MB at ${way} through a pipe that is read slowly`, async ({ expect }) => {
      let text = ''
      const run = await runProgram(long + ending, {
        env: { LEAKWATCH_FORMAT: 'json', LEAKWATCH_STACKS: 'all' },
        whenSpawned: (child) => void readSlowly(child, (chunk) => (text += chunk)),
      })
      const report = JSON.parse(text.split('\n').find((line) => line.startsWith('{"schema"')) ?? '')
      expect(run.signal).toBe(null)
      expect(text.length).toBeGreaterThan(1_000_000)
      expect(report.summary.handles.live).toBe(3000)
      expect(inShort(run)).toEqual(leaked)
    })
  }

  it.concurrent('is whole for a reader that comes late, and for a death by signal', async ({ expect }) => {
    let text = ''
    // A signal that the program does not handle has no leak to print.
    const handled = "process.once('SIGTERM', (name) => process.kill(process.pid, name))\n"
    const run = await runProgram(long + handled + held, {
      env: { LEAKWATCH_FORMAT: 'json', LEAKWATCH_STACKS: 'all' },
      whenSpawned: (child) => void readSlowly(child, (chunk) => (text += chunk)),
      whenReady: (child) => void child.kill('SIGTERM'),
    })
    expect(run.signal).toBe('SIGTERM')
    expect(JSON.parse(text).summary.handles.live).toBe(3001)
  })
})

/** Nothing for a while, then a chunk now and then. */
async function readSlowly({ stderr }: Child, take: (chunk: string) => void): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 700))
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    take(chunk)
    stderr.pause()
    setTimeout(() => stderr.resume(), 2)
  })
}
