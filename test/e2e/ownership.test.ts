import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import type { Engine, Handle, Report } from '../../src/report/schema/report.ts'
import { node } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 30_000 })

/**
 * The matrix of `src/core/README.md`. In each program two engines of one class run at the same time, `first` and
 * `second`, and each makes one handle before an `await` and one after it. By row: the engine that has to own both.
 */
const matrix: Record<string, { owner: string; under?: string; instance?: 'second' | 'none' }> = {
  'await.js': { owner: 'Poller' },
  'timer.js': { owner: 'Poller' },
  'emitter.js': { owner: 'Listener' },
  'emitter-of-another.js': { owner: 'Listener' },
  'emitter-of-another-unkept.js': { owner: 'nobody', instance: 'none' },
  'stream.js': { owner: 'Reader' },
  'pipeline.js': { owner: 'Importer' },
  'accepted-socket.js': { owner: 'Chat' },
  'accepted-socket-data.js': { owner: 'Chat' },
  'http-request.js': { owner: 'Api' },
  'http-body.js': { owner: 'Api' },
  'connected-socket.js': { owner: 'Client' },
  'pooled-socket.js': { owner: 'Client' },
  'agent-kept.js': { owner: 'http.Agent', under: 'Client' },
  'queue.js': { owner: 'Shop' },
  'queue-of-objects.js': { owner: 'Shop' },
  'queue-unkept.js': { owner: 'Shop', instance: 'second' },
  'queue-of-objects-unkept.js': { owner: 'Shop', instance: 'second' },
  'queue-inside.js': { owner: 'Queue' },
  'worker-message.js': { owner: 'Renderer' },
  'child-message.js': { owner: 'Converter' },
  'child-output.js': { owner: 'Converter' },
  'nested-engine.js': { owner: 'Cache', under: 'Shop' },
  'engine-in-a-request.js': { owner: 'Query', under: 'Api' },
  'constructor.js': { owner: 'Poller' },
  'constructor-timer.js': { owner: 'Poller' },
  'constructor-server.js': { owner: 'Chat' },
  'constructor-nested.js': { owner: 'Region' },
  'constructor-child.js': { owner: 'Cache', under: 'Shop' },
}

const folder = fileURLToPath(new URL('../../fixtures/ownership-matrix', import.meta.url))
const preload = new URL('../../dist/index.mjs', import.meta.url).href
const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
const patienceMs = 15_000

describe(`who owns it, on Node ${version}`, () => {
  for (const [program, { owner, under, instance }] of Object.entries(matrix)) {
    const path = under === undefined ? owner : `${owner} of ${under}`
    const expected = (maker: string) => (instance === 'none' ? path : `${path}, ${instance ?? maker}`)
    const reported = onlyOnce(() => run(program))
    for (const [index, moment] of ['before an await', 'after it'].entries()) {
      it.concurrent(`${program}, ${moment}: ${path}`, async ({ expect }) => {
        const report = await reported()
        expect(report.self.faults).toEqual([])
        expect(made(report, owner)).toMatchObject({
          [`first ${index + 1}`]: expected('first'),
          [`second ${index + 1}`]: expected('second'),
        })
      })
    }
  }

  it('has every program of the folder in the matrix', () => {
    const programs = readdirSync(folder).filter((name) => name.endsWith('.js'))
    expect(Object.keys(matrix).toSorted()).toEqual(programs.toSorted())
  })
})

function onlyOnce<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

async function run(program: string): Promise<Report> {
  const scratch = mkdtempSync(join(tmpdir(), 'leakwatch-ownership-'))
  try {
    const out = join(scratch, 'report.json')
    // The main thread's and the parent's report alone: workers and children save theirs elsewhere.
    const child = spawn(node, ['--import', preload, join(folder, program)], { env: environment(out) })
    const overdue = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += chunk))
    const ending = await once(child, 'exit')
    clearTimeout(overdue)
    expect({ program, ending, stderr }).toEqual({ program, ending: [0, null], stderr: '' })
    return JSON.parse(readFileSync(out, 'utf8')) as Report
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function environment(out: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(LEAKWATCH|NODE_|VITEST)/.test(key))
  return { ...Object.fromEntries(inherited), LEAKWATCH_OUT: out, LEAKWATCH_FORMAT: 'none' }
}

/** By maker and moment, as `first 1`, whose the handle is. */
function made(report: Report, owner: string): Record<string, string> {
  const handles = owner === 'http.Agent' ? pooled(report) : intervals(report)
  const entries = handles.map(([key, handle]) => {
    const engine = report.engines.find(({ id }) => id === handle.engine)
    return [key, engine === undefined ? 'nobody' : pathOf(engine, report)]
  })
  return Object.fromEntries(entries)
}

/** Each interval's delay says who made it and when: 1000 or 2000, and 1 or 2. */
function intervals({ handles }: Report): [string, Handle][] {
  return handles.flatMap((handle): [string, Handle][] => {
    const delayMs = Number(handle.detail.delayMs)
    if (![1001, 1002, 2001, 2002].includes(delayMs)) return []
    return [[`${delayMs < 2000 ? 'first' : 'second'} ${delayMs % 1000}`, handle]]
  })
}

/** An agent's sockets, in the order in which they were asked for. */
function pooled(report: Report): [string, Handle][] {
  const asked: Record<string, number> = {}
  return report.handles
    .filter(({ engine }) => report.engines.find(({ id }) => id === engine)?.name === 'http.Agent')
    .toSorted((a, b) => b.ageMs - a.ageMs)
    .map((handle): [string, Handle] => {
      const engine = report.engines.find(({ id }) => id === handle.engine) as Engine
      const maker = pathOf(engine, report).endsWith('first') ? 'first' : 'second'
      asked[maker] = (asked[maker] ?? 0) + 1
      return [`${maker} ${asked[maker]}`, handle]
    })
}

/** Its name, that of the engine which started it, and which of the two: the line of its start says that. */
function pathOf(engine: Engine, report: Report): string {
  const parent = report.engines.find(({ id }) => id === engine.parent)
  const outer = parent ?? engine
  const line = outer.site === null ? '' : (sourceOf(outer.site.file)[outer.site.line - 1] ?? '')
  const instance = /^(?:const )?\s*(first|second)\b/.exec(line)?.[1] ?? line
  const name = parent === undefined ? engine.name : `${engine.name} of ${parent.name}`
  return `${name}, ${instance}`
}

function sourceOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n')
}
