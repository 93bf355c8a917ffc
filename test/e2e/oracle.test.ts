import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { type Fixture, readFixtures } from './fixture.ts'
import { node } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 30_000 })

const root = fileURLToPath(new URL('../../fixtures', import.meta.url))
const preload = new URL('../../dist/index.mjs', import.meta.url).href
const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  .split('.')
  .map(Number)
/** One that a leak keeps alive would run for ever. */
const patienceMs = 20_000

/** Async types that why-is-node-running lists and leakwatch is right not to: none of them keeps a process alive. */
const notHandles: ReadonlySet<string> = new Set([
  'CustomGC', // a native addon's finalizer
  'DNSCHANNEL', // weak; has no `hasRef`, which is taken for being alive
  'FSREQCALLBACK', // a request, which ends by itself
  'HTTP2SESSION', // destroyed when collected; its socket is the handle
  'HTTPCLIENTREQUEST', // a request; its socket is the handle
  'HTTPINCOMINGMESSAGE', // a parser that is reused; the accepted socket is the handle
  'Immediate', // runs before the event loop turns
  'KEYPAIRGENREQUEST', // destroyed when collected
  'Microtask', // runs before the event loop turns
  'PBKDF2REQUEST', // a request, which ends by itself
  'STREAM_END_OF_STREAM', // no handle at all: a callback's context
  'TickObject', // runs before the event loop turns
])

/**
 * A one-shot due within 500 ms has fired by the time a fixture ends, or is the one that ends it. Its `hasRef()` says true
 * for ever, and its `destroy` comes a turn later (Node 20 to 26).
 */
const firedOneShot = /\b(?:setTimeout|sleep)\((?:.*, )?(?:\d\d?|[1-4]\d\d)(?:, \w+)?\)+;?$/

interface Exception {
  why: string
  /** Where leakwatch lists it. */
  instead?: string
}

const mapped = {
  why: 'the line of the compiled file: leakwatch gives the source',
  instead: 'compiled.ts:10',
}
const cleared = 'cleared or destroyed in an exit listener: `hasRef()` stays true after that'
const fired = 'a one-shot that has fired: `hasRef()` stays true after that'

/** Single entries, as `<fixture> <type> <file>:<line>`, that leakwatch is right not to list there. */
const exceptions: Readonly<Record<string, Exception>> = {
  'cluster/primary-of-servers.js PROCESSWRAP primary-of-servers.js:19': {
    why: 'killed, and the process ends before it hears of that',
  },
  'consequences/close-waits-for-a-connection.js TCPWRAP close-waits-for-a-connection.js:17': { why: cleared },
  'files/folder-made-in-one-of-two-watches.js Timeout folder-made-in-one-of-two-watches.js:15': {
    why: fired,
  },
  'files/recursive-watch-begun-in-a-listener.js Timeout recursive-watch-begun-in-a-listener.js:14': {
    why: fired,
  },
  'http/closing-at-exit.js TCPWRAP closing-at-exit.js:6': {
    why: 'a socket of the global agent, in use by a request',
  },
  'ownership/through-a-timer.js Timeout through-a-timer.js:4': { why: fired },
  'process/requests-in-flight.js Timeout requests-in-flight.js:6': { why: fired },
  'readline/on-stdin.js PIPEWRAP on-stdin.js:5': { why: 'stdin' },
  'source-maps/bundled.js Timeout bundled.js:14': { ...mapped, instead: 'clock.js:7' },
  'source-maps/compiled.js Timeout compiled.js:6': mapped,
  'source-maps/inlined.js Timeout inlined.js:9': { ...mapped, instead: 'inlined.ts:9' },
  'source-maps/mapped-by-node.js Timeout mapped-by-node.js:7': mapped,
  'stacks/one-timer-in-ten-thousand.js Timeout one-timer-in-ten-thousand.js:2': {
    why: 'cleared in the last turn: `hasRef()` stays true after that',
  },
  'timers/cleared-by-exit-listener.js Timeout cleared-by-exit-listener.js:2': { why: cleared },
  'timers/refreshed-timeout.js Timeout refreshed-timeout.js:15': { why: fired },
  'timers/watchdog-of-a-shutdown.js TCPSERVERWRAP watchdog-of-a-shutdown.js:4': {
    why: 'closed, and the process ends in the callback of that: the `destroy` hook comes a turn later',
  },
  'timers/refreshed-timeout.js Timeout refreshed-timeout.js:7': {
    why: 'the place of its last `refresh()`: leakwatch gives that of its creation',
    instead: 'refreshed-timeout.js:4',
  },
}

describe('what why-is-node-running lists', () => {
  const seen = new Set<string>()
  for (const fixture of readFixtures(root).filter(({ clean }) => !clean)) {
    const [sinceMajor, sinceMinor] = fixture.since
    const tooOld = major < sinceMajor || (major === sinceMajor && minor < sinceMinor)
    it.skipIf(tooOld).concurrent(`${fixture.name}: leakwatch lists it too`, async ({ expect }) => {
      const reports = await reportsOf(fixture)
      expect(reports).not.toEqual([])
      const missing = reports.flatMap((report) => {
        const places = placesOf(report)
        const entries = secondOpinion(report)
        for (const { type } of entries) seen.add(type)
        return entries
          .filter((entry) => !isListed(entry, places))
          .map((entry) => nameOf(entry, fixture))
          .filter((name) => !isExcepted(name, places))
      })
      expect(missing).toEqual([])
    })
  }

  it('are handles of many types', () => {
    expect([...seen]).toEqual(
      expect.arrayContaining(['Timeout', 'TCPWRAP', 'WORKER', 'PROCESSWRAP', 'FSEVENTWRAP']),
    )
  })
})

async function reportsOf({ file, flags }: Fixture): Promise<Report[]> {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-oracle-'))
  try {
    const child = spawn(node, [...flags, '--import', preload, file], {
      cwd: dirname(file),
      env: environment(folder),
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const overdue = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    await once(child, 'exit')
    clearTimeout(overdue)
    return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function environment(folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(LEAKWATCH|NODE_|VITEST)/.test(key))
  return {
    ...Object.fromEntries(inherited),
    LEAKWATCH_OUT: join(folder, '%p-%t-%n.json'),
    LEAKWATCH_FORMAT: 'none',
    LEAKWATCH_WHY: 'on',
    LEAKWATCH_STACKS: 'all',
    LEAKWATCH_STALL_MS: '0',
    LEAKWATCH_CHECK_MS: '0',
  }
}

/** One entry of the listing. */
interface Entry {
  type: string
  /** The program's own lines on its stack. */
  frames: { file: string; line: number; code: string }[]
}

/** The entries that name a line of the program; what has none cannot be compared. */
function secondOpinion({ why = [], process: { cwd } }: Report): Entry[] {
  const blocks = why.join('\n').split(/^# /m).slice(1)
  return blocks
    .map((block) => {
      const [type = '', ...lines] = block.split('\n')
      return { type, frames: lines.flatMap((line) => frameOf(line, cwd)) }
    })
    .filter(({ frames }) => frames.length > 0)
}

function frameOf(line: string, cwd: string): Entry['frames'] {
  const match = /^(.+?):(\d+)(?:\s+- (.*))?$/.exec(line)
  const file = resolve(cwd, match?.[1] ?? '')
  return match === null || !file.startsWith(root)
    ? []
    : [{ file, line: Number(match[2]), code: match[3] ?? '' }]
}

function nameOf({ type, frames: [first] }: Entry, fixture: Fixture): string {
  return `${fixture.name} ${type} ${basename(first?.file ?? '')}:${first?.line}`
}

/** Where the listed handles, and the engines that own them, were created or started: every frame. */
function placesOf({ handles, engines, process: { cwd } }: Report): Set<string> {
  const stacks = handles.flatMap((handle) => {
    const engine = engines.find(({ id }) => id === handle.engine)
    return [handle.created, engine?.created, engine?.started]
  })
  const frames = stacks.flatMap((stack) => stack?.frames ?? [])
  return new Set(frames.map(({ file, line }) => `${resolve(cwd, file ?? '')}:${line}`))
}

function isListed({ type, frames }: Entry, places: ReadonlySet<string>): boolean {
  if (notHandles.has(type)) return true
  if (type === 'Timeout' && frames.some(({ code }) => firedOneShot.test(code))) return true
  return frames.some(({ file, line }) => places.has(`${file}:${line}`))
}

function isExcepted(name: string, places: ReadonlySet<string>): boolean {
  const exception = exceptions[name]
  if (exception === undefined) return false
  const { instead } = exception
  return instead === undefined || [...places].some((place) => basename(place) === instead)
}
