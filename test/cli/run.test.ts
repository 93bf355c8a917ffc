import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { commandText } from '../../src/cli/run/command-text.ts'
import { withPreload } from '../../src/cli/run/environment.ts'
import { openGathering } from '../../src/cli/run/gathering.ts'
import { watchedIn } from '../../src/cli/run/members.ts'
import { append, isAsked, placesIn, placesText } from '../../src/tree/place.ts'
import { recordsIn, recordText, type StartRecord, type TreeRecord } from '../../src/tree/records.ts'

describe('a command as text', () => {
  const cases: [words: string[], text: string][] = [
    [['/usr/bin/node', `${process.cwd()}/src/app.js`, '--port=3'], 'node src/app.js --port=3'],
    [['sh', '-c', 'a && b', ''], "sh -c 'a && b' ''"],
    [['node', '-e', "go('x')", 'a"\'b'], `node -e "go('x')" 'a"'\\''b'`],
    [['app', '--token', 's3cret', 'postgres://me:pw@host/db'], 'app --token *** postgres://***@host/db'],
  ]
  it.each(cases)('%j', (words, text) => {
    expect(commandText(words)).toBe(text)
  })
})

it('flags of Node give way to what it runs', () => {
  const flags = Array.from({ length: 9 }, (_, index) => `--conditions=number-${index}`)
  expect(commandText(['node', '--no-warnings', 'app.js'], 1)).toBe('node --no-warnings app.js')
  expect(commandText(['node', ...flags, 'worker.js', 'a'], flags.length)).toBe('node … worker.js a')
})

describe('NODE_OPTIONS', () => {
  const preload = withPreload('')

  it('needs no quotes, whatever the path of leakwatch', () => {
    expect(preload).toMatch(/^--import=file:\/\/\/[^\s"'\\]+\/index\.mjs$/)
  })

  it('has the preload before all that stands there, and once', () => {
    const others = '--require "./with space.cjs" --import leakwatch'
    expect(withPreload(others)).toBe(`${preload} ${others}`)
    expect(withPreload(withPreload(others))).toBe(`${preload} ${others}`)
    expect(withPreload(`  ${preload}`)).toBe(preload)
  })
})

describe('the place of records', () => {
  it('reads back as it was written, the nearest first', () => {
    const places = [
      { identity: '64768:12', mark: 'ab12', path: '/proc/12/fd/20' },
      { identity: '1:2', mark: 'cd34', path: '/tmp/with space/ü/records' },
    ]
    expect(placesIn(placesText(places))).toEqual(places)
  })

  it.each(['', 'on', '/proc/1/fd/2', '1:2:ab:relative', '%E0%A4%A'])('%j is none', (text) => {
    expect(placesIn(text)).toEqual([])
  })
})

describe.each([
  ['in a file without a name', undefined],
  ['in a folder, where there is no /proc', false],
])('records %s', (_where, hasProc) => {
  it('are gathered as they come, and nothing is left behind', () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('leakwatch-run-'))
    const gathering = openGathering(false, hasProc)
    const { place } = gathering
    const record: TreeRecord = {
      event: 'end',
      pid: 1,
      threadId: 0,
      exitCode: 0,
      signal: null,
      uptimeMs: 1,
      report: null,
    }
    expect(append([place], recordText(record))).toBe(true)
    gathering.read()
    expect(append([{ ...place, path: '/nowhere' }, place], recordText(record))).toBe(true)
    gathering.read()
    expect(gathering.records).toEqual([record, record])
    expect(isAsked([place])).toBe(false)
    gathering.ask(true)
    expect(isAsked([place])).toBe(true)
    // Another file in that place is not written to.
    expect(append([{ ...place, identity: '1:2' }], recordText(record))).toBe(false)
    gathering.close()
    expect(append([place], recordText(record))).toBe(false)
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('leakwatch-run-'))).toEqual(before)
  })
})

describe('records', () => {
  const start = (pid: number, threadId = 0): StartRecord => ({
    event: 'start',
    process: {
      pid,
      ppid: 1,
      threadId,
      isMainThread: threadId === 0,
      node: 'v24.0.0',
      main: null,
      cwd: '/',
      startedAt: '2026-01-02T03:04:05.678Z',
    },
    argv: ['node'],
    flags: 0,
    signal: 'SIGUSR2',
    complaints: [],
  })

  it('that one broke off in the writing spoils no other', () => {
    const text = recordText(start(1)) + recordText(start(2)).slice(0, 40) + recordText(start(3))
    const { records, damaged } = recordsIn(text)
    expect(records).toEqual([start(1), start(3)])
    expect(damaged).toBe(1)
  })

  it('of a pid that came again are two processes', () => {
    const end = {
      event: 'end',
      pid: 1,
      threadId: 0,
      exitCode: 0,
      signal: null,
      uptimeMs: 1,
      report: null,
    } as const
    const watched = watchedIn([start(1), start(1, 2), end, start(1)])
    expect(watched.map(({ start, end }) => [start.process.threadId, end?.exitCode])).toEqual([
      [0, 0],
      [2, undefined],
      [0, undefined],
    ])
  })
})
