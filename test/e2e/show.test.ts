import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wrongReports } from '../cli/saved/wrong-reports.ts'
import { sampleHandle, sampleReport, sampleStack } from '../report/sample.ts'
import { type CommandOptions, leakwatch } from './command.ts'
import { inherited, node, nodeVersion } from './program.ts'
import { bin } from './run-command.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-show-')))
const line = JSON.stringify(sampleReport())

beforeAll(() => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('a.json', JSON.stringify(sampleReport({ at: '2026-01-02T03:04:05.678Z' })))
  write('b.json', JSON.stringify(sampleReport({ at: '2026-01-01T00:00:00.000Z' })))
  for (const name of ['broken', 'by-pid', 'by-pid/7', 'other', 'empty', 'written'])
    mkdirSync(join(folder, name))
  write('broken/a.json', line)
  write('broken/b.json', line.slice(0, 500))
  write('broken/c.json', JSON.stringify({ ...sampleReport(), findings: 'many' }))
  write('broken/package.json', '{ "name": "shop" }')
  write('by-pid/7/a.json', line)
  write('written/a.json', line)
  write('written/b.json.7-0-x.tmp', line.slice(0, 500))
  write(
    'other/newer.json',
    JSON.stringify({ ...sampleReport(), schema: 'leakwatch/1.7', trigger: 'moon', sky: 1 }),
  )
  write('other/next.json', JSON.stringify({ ...sampleReport(), schema: 'leakwatch/2' }))
  write('other/tenth.json', JSON.stringify({ ...sampleReport(), schema: 'leakwatch/10' }))
  write('other/events.txt', '{"level":"info","event":"leakwatch.summary"}\n')
  write('other/empty.json', '')
  mkdirSync(join(folder, 'many'))
  const { process } = sampleReport()
  for (let index = 0; index < 30; index += 1) {
    const at = `2026-01-02T03:${10 + index}:00.000Z`
    const report = sampleReport({
      at,
      process: { ...process, hostname: `pod-${index % 3}`, version: '1.0.0' },
    })
    write(`many/${index}.json`, JSON.stringify(report))
  }
  write('many/cut.json', line.slice(0, 700))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function show(args: string[], options?: CommandOptions) {
  return leakwatch(['show', ...args], folder, options)
}

describe(`\`leakwatch show\`, on Node ${nodeVersion}`, () => {
  it('prints each report of a folder, oldest first, a line between, with its time and host', async () => {
    const { code, stdout } = await show(['.'])
    expect(code).toBe(0)
    const [first, second] = stdout.split('\n\nleakwatch: ')
    const { hostname } = sampleReport().process
    const headOf = (text = '') => text.split('\n\n')[0]?.replaceAll('\n', ' ')
    expect(headOf(first)).toMatch(
      new RegExp(`^leakwatch: 1 leak .*, 2026-01-01T00:00:00\\.000Z on ${hostname}$`),
    )
    expect(headOf(second)).toMatch(new RegExp(`^1 leak .*, 2026-01-02T03:04:05\\.678Z on ${hostname}$`))
  })

  it('shows the places of a finding once', async () => {
    const { stdout } = await show(['.'])
    expect(stdout.match(/✖ OrderEngine was started 3 min ago and never stopped/g)).toHaveLength(2)
    expect(stdout.match(/src\/order\.ts:41 /g)).toHaveLength(1)
    expect(stdout.match(/^ {4}shown {5}above, with its places$/gm)).toHaveLength(1)
  })

  it('merges the reports of a folder with many: each bug once; a damaged one is one line', async () => {
    const formats = ['text', 'json', 'ndjson', 'agent', 'html', 'sarif']
    const runs = await Promise.all(formats.map((format) => show(['many', '--format', format])))
    for (const { code, stdout, stderr } of runs) {
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr:
          'LEAKWATCH_REPORT_UNREADABLE: expected report 1 of `many/cut.json` to be whole; got a line of JSON that ends early\n',
      })
      expect(stdout).toMatch(/the same[\s\S]*?in 2 more processes/)
    }
    const [text, json, ndjson] = runs
    expect(text?.stdout).toMatch(
      /^leakwatch: 1 leak in 30 reports of 3 processes on 3 hosts of shop,\n2026-01-02T03:10:00\.000Z to 2026-01-02T03:39:00\.000Z\n\n✖ /,
    )
    expect(text?.stdout.match(/^✖ /gm)).toHaveLength(1)
    expect(text?.stdout).toMatch(
      / seen {6}first 2026-01-02T03:10:00\.000Z, last 2026-01-02T03:39:00\.000Z, in\n +30 reports of 3 processes\n +in shop 1\.0\.0\n +now 3 in 3 processes, by their last reports\n/,
    )
    const report = JSON.parse(json?.stdout ?? '')
    expect(report).toMatchObject({ schema: 'leakwatch/1', gathered: { reports: 30, processes: 3 } })
    expect(report.findings[0].seen.builds).toEqual(['shop 1.0.0'])
    expect(
      ndjson?.stdout
        .trimEnd()
        .split('\n')
        .map((each) => JSON.parse(each).event),
    ).toEqual(['leakwatch.finding', 'leakwatch.summary'])
    writeFileSync(join(folder, 'merged.txt'), json?.stdout ?? '')
    expect((await show(['merged.txt'])).stdout).toBe(text?.stdout)
  })

  it('keeps none of the reports that it merges: 300 of 2 MB go through a heap of 64 MB', async () => {
    const handles = Array.from({ length: 4000 }, (_, index) =>
      sampleHandle(
        `h${index}`,
        'setInterval',
        { delayMs: index },
        { created: sampleStack('/shop/a.js', 1, 'a()') },
      ),
    )
    const large = JSON.stringify(sampleReport({ handles }))
    mkdirSync(join(folder, 'large'))
    writeFileSync(join(folder, 'large', '0.json'), large)
    for (let index = 1; index < 300; index += 1)
      linkSync(join(folder, 'large', '0.json'), join(folder, 'large', `${index}.json`))
    expect(large.length).toBeGreaterThan(2_000_000)
    const { code, stdout, stderr } = await show(['large'], {
      env: { NODE_OPTIONS: '--max-old-space-size=64' },
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^leakwatch: 1 leak in 300 reports of 1 process of shop, /)
  }, 90_000)

  it('makes one page of a folder, in which each bug comes once', async () => {
    const { code, stdout } = await show(['.', '--format', 'html'])
    expect(code).toBe(0)
    expect(stdout).toContain('1 leak in 2 reports of 1 process of shop')
    expect(stdout.match(/<article /g)).toHaveLength(1)
    expect(stdout.match(/<section /g)).toHaveLength(1)
  })

  it('merges few where asked to, and of many shows each where asked to', async () => {
    const [merged, each] = await Promise.all([
      show(['.', '--merge', '--format', 'json']),
      show(['many', '--no-merge', '--format', 'json']),
    ])
    expect(JSON.parse(merged.stdout).gathered.reports).toBe(2)
    expect(each.stdout.match(/^\{"schema"/gm)).toHaveLength(30)
  })

  it('prints plain text where a coding agent runs it', async () => {
    const env = { AI_AGENT: 'somebody' }
    const [chosen, text] = await Promise.all([
      show(['a.json'], { env }),
      show(['a.json', '--format', 'text'], { env }),
    ])
    expect(chosen.stdout).toContain('\nprove: npx leakwatch run -- node ')
    expect(text.stdout).toContain('✖ ')
  })

  it('leaves out what is being written, in a folder and where a shell names all of it', async () => {
    const [folders, named] = await Promise.all([
      show(['written']),
      show(['written/a.json', 'written/b.json.7-0-x.tmp']),
    ])
    for (const { code, stdout, stderr } of [folders, named]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout.match(/never stopped/g)).toHaveLength(1)
    }
  })

  it.skipIf(!existsSync('/dev/full'))('fails where it cannot be written', () => {
    const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$1" show a.json > /dev/full', node, bin], {
      cwd: folder,
      env: inherited(),
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'LEAKWATCH_OUTPUT_UNWRITABLE: expected a standard output that can be written; got ENOSPC\n',
    })
  })

  it('prints as many lines of JSON as there are reports', async () => {
    const { stdout } = await show(['--format', 'json', 'a.json', 'b.json'])
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((each) => JSON.parse(each).at)).toEqual([
      '2026-01-02T03:04:05.678Z',
      '2026-01-01T00:00:00.000Z',
    ])
  })

  it('reads its standard input: a report, or those among the lines of a log', async () => {
    const pretty = JSON.stringify(sampleReport(), null, 2)
    const log = `listening on 8080\n${line}\n{"schema":"other"}\n${line}\nbye\n`
    const shown = await Promise.all([pretty, log].map((input) => show(['--format', 'json', '-'], { input })))
    expect(shown.map(({ stdout }) => stdout.match(/"schema":"leakwatch\/1"/g)?.length)).toEqual([1, 2])
  })

  it('reads folders in a folder, and reports of a newer minor version', async () => {
    const [folders, newer] = await Promise.all([show(['by-pid']), show(['other/newer.json'])])
    expect(folders.stdout).toContain('OrderEngine was started 3 min ago')
    expect(newer).toMatchObject({ code: 0, stderr: '' })
    expect(newer.stdout).toContain('1 leak in app.js (pid 123) (moon)')
  })

  it('prints what CI takes: paths in the checkout, all reports in one document', async () => {
    const env = { GITHUB_WORKSPACE: '/shop' }
    const [github, sarif, junit] = await Promise.all(
      ['github', 'sarif', 'junit'].map((format) => show(['--format', format, '.'], { env })),
    )
    expect(github?.stdout).toMatch(/^::error file=src\/order\.ts,line=41,col=3,title=.*\n$/)
    expect(JSON.parse(sarif?.stdout ?? '').runs).toHaveLength(1)
    expect(junit?.stdout.match(/<testsuites>/g)).toHaveLength(1)
    expect(junit?.stdout.match(/<testsuite /g)).toHaveLength(2)
  })

  const complaints = [
    [
      'nowhere',
      'LEAKWATCH_REPORT_UNREADABLE: expected a report or a folder of reports at `nowhere`; got ENOENT',
    ],
    ['empty', 'LEAKWATCH_REPORT_NONE: expected reports (`*.json`) in `empty`; got none'],
    ['other/empty.json', 'LEAKWATCH_REPORT_NONE: expected `other/empty.json` to be a report; got nothing'],
    [
      'other/next.json',
      'LEAKWATCH_REPORT_INVALID: expected `other/next.json` to be a report with schema `leakwatch/1`; got `leakwatch/2`',
    ],
    [
      'other/tenth.json',
      'LEAKWATCH_REPORT_INVALID: expected `other/tenth.json` to be a report with schema `leakwatch/1`; got `leakwatch/10`',
    ],
    [
      'other/events.txt',
      'LEAKWATCH_REPORT_UNREADABLE: expected `other/events.txt` to be a report; got the events of `LEAKWATCH_FORMAT=ndjson`: save reports with `LEAKWATCH_OUT`, or print them with `LEAKWATCH_FORMAT=json`',
    ],
  ] as const

  it('says in one line what it cannot show, and exits with 2', async () => {
    const runs = await Promise.all(complaints.map(([path]) => show([path])))
    expect(runs).toEqual(
      complaints.map(([, complaint]) => ({ code: 2, stdout: '', stderr: `${complaint}\n` })),
    )
  })

  it('says in one line of each report with a wrong type what is wrong, as `diff` does', async () => {
    const all = wrongReports()
    const some = all.filter((_, index) => index % Math.floor(all.length / 60) === 0)
    const files = some.map(({ text }, index) => {
      const file = `wrong-${index}.txt`
      writeFileSync(join(folder, file), text)
      return file
    })
    expect(files.length).toBeGreaterThanOrEqual(60)
    const right =
      /^LEAKWATCH_REPORT_INVALID: expected `wrong-\d+\.txt` to be a whole report; got one with `[\w.[\]]+`: .+$/
    const [shown, ...compared] = await Promise.all([
      show(files),
      ...files.slice(0, 6).map((file) => leakwatch(['diff', file, 'a.json'], folder)),
    ])
    const lines = shown.stderr.trimEnd().split('\n')
    expect(shown).toMatchObject({ code: 2, stdout: '' })
    expect(lines.filter((line) => right.test(line))).toHaveLength(files.length)
    for (const { code, stdout, stderr } of compared) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr.trimEnd()).toMatch(right)
    }
  })

  it('is a document of a folder without a report, too: nothing leaked. One that is not there is misspelt', async () => {
    const [sarif, junit, github, nowhere] = await Promise.all([
      show(['empty', '--format', 'sarif']),
      show(['empty', '--format', 'junit']),
      show(['empty', '--format', 'github']),
      show(['nowhere', '--format', 'junit']),
    ])
    for (const each of [sarif, junit, github]) expect(each).toMatchObject({ code: 0, stderr: '' })
    expect(nowhere).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^LEAKWATCH_REPORT_UNREADABLE: .* at `nowhere`; got ENOENT\n$/),
    })
    expect(JSON.parse(sarif?.stdout ?? '').runs[0].results).toEqual([])
    expect(junit?.stdout).toContain('<testsuites')
    expect(github.stdout).toBe('')
  })

  it('shows what it can of a folder, and names each report that it cannot read', async () => {
    const { code, stdout, stderr } = await show(['broken'])
    expect(code).toBe(2)
    expect(stdout).toContain('OrderEngine was started 3 min ago')
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^LEAKWATCH_REPORT_UNREADABLE: expected report 1 of `broken\/b\.json` to be whole/,
      ),
      'LEAKWATCH_REPORT_INVALID: expected `broken/c.json` to be a whole report; got one with `findings`: "many"',
    ])
  })

  it('ends in silence where its reader has gone', () => {
    const bin = join(import.meta.dirname, '../../bin/leakwatch.js')
    const all = Array.from({ length: 200 }, () => 'a.json').join(' ')
    const script = `"$NODE" "${bin}" show ${all} | head -n 1; echo "\${PIPESTATUS[0]}"`
    const env = { ...inherited(), NODE: node }
    const output = execFileSync('bash', ['-c', `(${script}) 2>&1`], { cwd: folder, env, encoding: 'utf8' })
    expect(output.split('\n').slice(1)).toEqual(['0', ''])
  })
})
