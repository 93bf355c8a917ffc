import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import type { Finding, Report } from '../../src/report/report.ts'
import { type Fixture, readFixtures, type Verdict, verdict } from './fixture.ts'
import { node } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 60_000 })

const fixtures = readFixtures(fileURLToPath(new URL('../../fixtures', import.meta.url)))
const preload = new URL('../../dist/index.mjs', import.meta.url).href
/** `UNDER_LOAD=on`: the verdicts are the same where hardly a timer has a stack of its own. */
const isUnderLoad = process.env.UNDER_LOAD === 'on'
const load = isUnderLoad ? ['--import', new URL('hum.js', import.meta.url).href] : []
const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  .split('.')
  .map(Number)
/** One that a leak keeps alive would run for ever; the others are slow where the machine is busy. */
const patienceMs = 30_000

describe('the museum', () => {
  it('has a twin for every program', () => {
    expect(fixtures.filter(({ twin }) => twin === null).map(({ name }) => name)).toEqual([])
  })

  it('states a verdict in every leak, and none in a clean twin', () => {
    const mistaken = fixtures.filter(({ clean, leaks, warnings }) => {
      const states = leaks.length + warnings.length > 0
      return states === clean
    })
    expect(mistaken.map(({ name }) => name)).toEqual([])
  })

  it('has at least 70 pairs', () => {
    expect(fixtures.filter(({ clean }) => clean).length).toBeGreaterThanOrEqual(70)
  })
})

describe(`on Node ${major}.${minor}${isUnderLoad ? ', under load' : ''}`, () => {
  for (const fixture of fixtures) {
    const [sinceMajor, sinceMinor] = fixture.since
    const tooOld = major < sinceMajor || (major === sinceMajor && minor < sinceMinor)
    it.skipIf(tooOld).concurrent(titleOf(fixture), async ({ expect }) => {
      const run = await runFixture(fixture)
      expect(run).toMatchObject({ ending: 0, stdout: '', stderr: '', faults: [] })
      expect({ leaks: run.leaks }).toEqual({ leaks: fixture.leaks.toSorted() })
      expect(run.warnings).toEqual(expect.arrayContaining(fixture.warnings))
    })
  }
})

function titleOf({ name, leaks, warnings }: Fixture): string {
  const stated = [...leaks, ...warnings.map((each) => `${each}, a warning`)]
  return `${name}: ${stated.join('; ') || 'no leak'}`
}

interface Run {
  /** The exit code, or the signal that it died by: SIGKILL where it did not end by itself. */
  ending: number | string | null
  stdout: string
  stderr: string
  leaks: Verdict[]
  warnings: Verdict[]
  /** What went wrong inside leakwatch. */
  faults: string[]
}

async function runFixture({ file, flags }: Fixture): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-fixture-'))
  try {
    const child = spawn(node, [...flags, ...load, '--import', preload, file], {
      cwd: dirname(file),
      env: environment(join(folder, 'report-%p-%t.json')),
    })
    const overdue = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    const closed = once(child, 'close')
    const [code, signal] = await once(child, 'exit')
    clearTimeout(overdue)
    // A child that the program left behind may have inherited its pipes, and keep them open.
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500))])
    const reports = readdirSync(folder).map(
      (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report,
    )
    return {
      ending: code ?? signal,
      stdout,
      stderr,
      leaks: findings(reports, 'leak'),
      warnings: findings(reports, 'warning'),
      faults: reports.flatMap(({ self }) => self.faults),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function environment(out: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(LEAKWATCH|NODE_|VITEST)/.test(key))
  return {
    ...Object.fromEntries(inherited),
    LEAKWATCH_OUT: out,
    LEAKWATCH_FORMAT: 'none',
    LEAKWATCH_STALL_MS: '0',
    LEAKWATCH_CHECK_MS: '0',
    // What closes at exit is not judged by how busy the machine is.
    LEAKWATCH_GRACE_MS: '10000',
  }
}

/** Of every thread and process that reported, in the words of a verdict. */
function findings(reports: Report[], severity: Finding['severity']): Verdict[] {
  const found = reports.flatMap((report) =>
    report.findings
      .filter((finding) => finding.severity === severity)
      .map((finding) => stated(finding, report)),
  )
  return found.sort()
}

function stated({ kind, engine, handles }: Finding, report: Report): Verdict {
  const blamed =
    engine === null
      ? report.handles.find(({ id }) => id === handles[0])
      : report.engines.find(({ id }) => id === engine)
  return verdict(kind, blamed?.name ?? 'nothing', blamed?.site ?? null)
}
