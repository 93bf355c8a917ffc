/** Runs a program under `fixtures/` under leakwatch. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Finding, Report } from '../../src/report/schema/report.ts'
import { type Fixture, type Verdict, verdict } from './fixture.ts'
import { node } from './program.ts'

const preload = new URL('../../dist/index.mjs', import.meta.url).href
/** One that a leak keeps alive would run for ever; the others are slow where the machine is busy. */
const patienceMs = 30_000

/** What came of a program. */
export interface Run {
  /** The exit code, or the signal that it died by: SIGKILL where it did not end by itself. */
  ending: number | string | null
  stdout: string
  stderr: string
  leaks: Verdict[]
  warnings: Verdict[]
  /** What the leaks say to write. */
  fixes: string[]
  /** What went wrong inside leakwatch. */
  faults: string[]
}

/** `load`: flags that come before the preload. */
export async function runFixture(
  { file, flags, graceMs }: Fixture,
  load: readonly string[] = [],
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-fixture-'))
  try {
    const child = spawn(node, [...flags, ...load, '--import', preload, file], {
      cwd: dirname(file),
      env: environment(join(folder, 'report-%p-%t.json'), graceMs),
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
      fixes: reports.flatMap((report) =>
        report.findings.filter(({ severity }) => severity === 'leak').map(({ fix }) => fix),
      ),
      faults: reports.flatMap(({ self }) => self.faults),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function environment(out: string, graceMs: string | null): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(LEAKWATCH|NODE_|VITEST)/.test(key))
  return {
    ...Object.fromEntries(inherited),
    LEAKWATCH_OUT: out,
    LEAKWATCH_FORMAT: 'none',
    LEAKWATCH_STALL_MS: '0',
    LEAKWATCH_CHECK_MS: '0',
    // What closes at exit is not judged by how busy the machine is.
    LEAKWATCH_GRACE_MS: graceMs ?? '10000',
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
