import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kindNames } from '../../src/judge/kinds/list.ts'
import type { Report } from '../../src/report/schema/report.ts'
import { type CommandRun, leakwatch } from './command.ts'
import { engine, node, nodeVersion, runProgram, until } from './program.ts'

/** Starts three more of one engine at each SIGHUP, beside one that stays and one that ends. */
const growing = `${engine}
class Poller extends Engine {}
const kept = [new Poller()]
kept[0].start()
function handle() { kept.push(new Engine()); kept.at(-1).start() }
handle()
setInterval(() => {}, 1000)
process.on('SIGHUP', () => {
  for (let i = 0; i < 3; i++) handle()
  console.log('grown')
})
console.log('ready')
`

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-commands-')))
/** What was said of two dumps of one process, while it ran. */
const said: Record<string, CommandRun> = {}
const dumps: Report[] = []

beforeAll(async () => {
  await runProgram(growing, {
    env: { LEAKWATCH_OUT: 'reports/%n.json' },
    whenReady: async (child, cwd) => {
      const dump = async (name: string) => {
        child.kill('SIGUSR2')
        await until(() => existsSync(join(cwd, 'reports', name)))
        dumps.push(JSON.parse(readFileSync(join(cwd, 'reports', name), 'utf8')))
      }
      await dump('1.json')
      child.kill('SIGHUP')
      await new Promise((resolve) => child.stdout.once('data', resolve))
      await dump('2.json')
      const [one, two] = ['reports/1.json', 'reports/2.json']
      const runs = {
        grew: ['diff', '--fail', one, two],
        folder: ['diff', 'reports'],
        json: ['diff', '--format', 'json', one, two],
        ndjson: ['diff', '--format', 'ndjson', one, two],
        html: ['diff', '--format', 'html', one, two],
        same: ['diff', '--fail', two, two],
        swapped: ['diff', '--fail', two, one],
      }
      for (const [name, args] of Object.entries(runs)) said[name] = await leakwatch(args, cwd)
      child.kill('SIGKILL')
    },
  })
  mkdirSync(join(folder, 'reports'))
  for (const [index, report] of dumps.entries()) {
    writeFileSync(join(folder, 'reports', `${index}.json`), JSON.stringify(report))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe(`\`leakwatch diff\`, on Node ${nodeVersion}`, () => {
  it('tells what grew, at its line, and exits with 23 where asked to', () => {
    const { code, stdout, stderr } = said.grew as CommandRun
    expect({ code, stderr }).toEqual({ code: 23, stderr: '' })
    expect(stdout).toMatch(/^leakwatch: 1 grew, in /)
    expect(stdout).toMatch(/▲ 3 more Engine: 1 before, 4 now +never-stopped\n {4}started {3}program\.mjs:\d+/)
    expect(stdout).toMatch(/same {6}2 other places/)
    expect(stdout).toMatch(/after {5}the same process, /)
  })

  it('takes a folder alone: the first and the last report of its processes', () => {
    expect(said.folder).toMatchObject({ code: 0, stdout: expect.stringContaining('▲ 3 more Engine') })
  })

  it('tells the same as JSON', () => {
    const { schema, sharedProcesses, places } = JSON.parse(said.json?.stdout as string)
    expect([schema, sharedProcesses]).toEqual(['leakwatch-diff/1', 1])
    expect(places[0]).toMatchObject({
      change: 'grew',
      name: 'Engine',
      kinds: ['never-stopped'],
      before: { count: 1 },
      after: { count: 4 },
    })
  })

  it('tells the same as a line for each place, for logs', () => {
    const lines =
      said.ndjson?.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)) ?? []
    expect(lines[0]).toMatchObject({
      level: 'warn',
      event: 'leakwatch.difference',
      change: 'grew',
      name: 'Engine',
    })
    expect(lines.at(-1)).toMatchObject({ event: 'leakwatch.difference.summary', message: '1 grew' })
  })

  it('tells the same as a page without a script', () => {
    const page = said.html?.stdout ?? ''
    expect(page).toMatch(/^<!doctype html>[\s\S]*<h2>leakwatch: 1 grew, in /)
    expect(page).toMatch(/<h4>Engine<\/h4>[\s\S]*<dd>1 before, 4 now<\/dd>/)
    expect(page).not.toContain('<script')
  })

  it('exits with 0 where nothing grew', () => {
    expect(said.same).toMatchObject({ code: 0, stdout: expect.stringMatching(/^leakwatch: nothing grew\n/) })
  })

  it('says that the reports of one process are in the wrong order', () => {
    expect(said.swapped).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^LEAKWATCH_DIFF_ORDER: [^\n]*\n$/),
    })
  })
})

describe(`\`leakwatch explain\`, on Node ${nodeVersion}`, () => {
  it('lists the kinds', async () => {
    const { code, stdout } = await leakwatch(['explain'], folder)
    expect(code).toBe(0)
    for (const kind of kindNames) expect(stdout).toMatch(new RegExp(`^  ${kind} +\\S`, 'm'))
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80)
  })

  it('tells of a kind with code before and after', async () => {
    const { stdout } = await leakwatch(['explain', 'stop-incomplete'], folder)
    expect(stdout).toMatch(/^✖ .* stop-incomplete\n/)
    expect(stdout).toContain('await this.#opened.disposeAsync()')
  })

  it('says that `--in` is for ids', async () => {
    const stderr = 'leakwatch: `--in` has no effect: it says where to look for the id of a finding\n'
    for (const kind of [[], ['orphan']])
      expect(await leakwatch(['explain', ...kind, '--in', 'reports'], folder)).toMatchObject({
        code: 0,
        stderr,
      })
  })

  it('tells of a finding with its own places, and where it looked', async () => {
    const { id } = dumps[0]?.findings.find(({ kind }) => kind === 'never-stopped') ?? { id: '' }
    const env = { LEAKWATCH_OUT: 'reports' }
    const [named, found, short, missed] = await Promise.all([
      leakwatch(['explain', id, '--in', 'reports'], folder),
      leakwatch(['explain', id], folder, { env }),
      leakwatch(['explain', id.slice(0, 6)], folder, { env: { LEAKWATCH_OUT: 'reports/%p-%n.json' } }),
      leakwatch(['explain', '0123456789ab'], folder, { env }),
    ])
    expect(named.stdout).toMatch(/program\.mjs:\d+[\s\S]*means {5}At the end of a program/)
    expect([found.stdout, short.stdout]).toEqual([named.stdout, named.stdout])
    expect(missed).toEqual({
      code: 2,
      stdout: '',
      stderr: `LEAKWATCH_ID_UNKNOWN: expected a finding with the id \`0123456789ab\` in \`${folder}/reports\`; got none in its 2 reports. \`--in\` names another place.\n`,
    })
  })

  it('knows its kinds', async () => {
    const { code, stderr } = await leakwatch(['explain', 'never-stoped'], folder)
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^LEAKWATCH_KIND_UNKNOWN: expected one of `never-stopped`, [^\n]*; got `never-stoped`\n$/,
    )
  })
})

describe(`\`leakwatch init\`, on Node ${nodeVersion}`, () => {
  it('writes a config file once, and prints what to paste', async () => {
    const cwd = join(folder, 'fresh')
    mkdirSync(cwd)
    const first = await leakwatch(['init'], cwd)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    for (const place of ['Kubernetes', 'Docker', 'pm2', 'systemd', 'GitHub Actions']) {
      expect(first.stdout).toMatch(new RegExp(`^${place}`, 'm'))
    }
    const file = join(cwd, 'leakwatch.config.json')
    writeFileSync(file, '{ "graceMs": 1 }')
    expect(await leakwatch(['init'], cwd)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'LEAKWATCH_CONFIG_EXISTS: expected no `leakwatch.config.json` here; got one. `--force` writes over it.\n',
    })
    expect(readFileSync(file, 'utf8')).toBe('{ "graceMs": 1 }')
    await leakwatch(['init', '--force'], cwd)
    expect(readFileSync(file, 'utf8')).toContain('"graceMs": 250')
    expect(readdirSync(cwd)).toEqual(['leakwatch.config.json'])
  })
})

describe(`help and misuse, on Node ${nodeVersion}`, () => {
  it('help fits one screen', async () => {
    const commands = [[], ['show'], ['diff'], ['explain'], ['init']]
    const runs = await Promise.all(commands.map((command) => leakwatch([...command, '--help'], folder)))
    for (const { code, stdout } of runs) {
      const lines = stdout.split('\n')
      expect(code).toBe(0)
      expect(lines.length).toBeLessThanOrEqual(25)
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80)
    }
  })

  it('help that nobody reads to its end is no error', () => {
    const bin = fileURLToPath(new URL('../../bin/leakwatch.js', import.meta.url))
    // The reader is gone before the help is written.
    const { stderr } = spawnSync(
      '/bin/sh',
      ['-c', `{ sleep 0.5; "$0" "$1" run --help; } | true`, node, bin],
      {
        encoding: 'utf8',
      },
    )
    expect(stderr).toBe('')
  })

  it('misuse is told in one line, with exit code 2', async () => {
    const wrong = {
      shwo: 'a command, one of `run`, `ps`, `top`, `dump`, `show`, `diff`, `explain`, `init`; got `shwo`. Did you mean `show`?',
      'diff --fial a b': 'an option of `leakwatch diff`; got `--fial`. Did you mean `--fail`?',
      diff: '<before>; got nothing. `leakwatch diff --help` shows how it is called.',
      'ps --format xml':
        '`--format <format>` to be one of `text`, `json`; got `xml`. `leakwatch ps --help` shows how it is called.',
      'ps 12':
        "a call of `leakwatch ps`; got too many arguments for 'ps'. Expected 0 arguments but got 1. `leakwatch ps --help` shows how it is called.",
    }
    const runs = await Promise.all(Object.keys(wrong).map((args) => leakwatch(args.split(' '), folder)))
    expect(runs).toEqual(
      Object.values(wrong).map((line) => ({
        code: 2,
        stdout: '',
        stderr: `LEAKWATCH_USAGE: expected ${line}\n`,
      })),
    )
  })
})
