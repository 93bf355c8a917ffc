import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { partsById, subjectOf } from '../../src/report/words/finding-rows.ts'
import { node } from '../e2e/program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 90_000 })

const mode = process.env.TEST_SERVICES
const folder = fileURLToPath(new URL('../../fixtures/libraries/live', import.meta.url))
const preload = new URL('../../dist/index.mjs', import.meta.url).href

/** What a program says that the checks of a live process have to report, and where: `overdue pg.PoolClient at 6`. */
function stated(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const [, verdict] = /\/\/ live: (.+)$/.exec(line) ?? []
    return verdict === undefined ? [] : [`${verdict} at ${index + 1}`]
  })
}

/** What the checks of the program reported. It is ended once one has found something, however slow the machine is. */
async function reported(file: string): Promise<{ leaks: string[]; leases: number[] }> {
  const out = mkdtempSync(join(tmpdir(), 'leakwatch-live-'))
  try {
    const env = { ...process.env, LEAKWATCH_OUT: out, LEAKWATCH_CHECK_MS: '2000', LEAKWATCH_FORMAT: 'none' }
    const child = spawn(node, ['--import', preload, file], { cwd: folder, env })
    const exited = once(child, 'exit')
    while (child.exitCode === null && checksIn(out).length === 0) await sleep(100)
    child.kill('SIGKILL')
    await exited
    if (checksIn(out).length === 0) throw new Error(`No check has found anything. At exit:\n${endOf(out)}`)
    const found = checksIn(out).flatMap((report) =>
      report.findings.map((finding) => {
        const { name, site } = subjectOf(finding, partsById(report))
        return { leak: `${finding.kind} ${name} at ${site?.line}`, leases: finding.leases?.length ?? 0 }
      }),
    )
    return { leaks: found.map(({ leak }) => leak), leases: found.map(({ leases }) => leases) }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** What the report at exit says of the engines, their lives and what leakwatch did. */
function endOf(out: string): string {
  const names = readdirSync(out).filter((name) => name.endsWith('.json'))
  const reports = names.map((name) => JSON.parse(readFileSync(join(out, name), 'utf8')) as Report)
  return reports
    .map(({ trigger, engines, findings, self }) => JSON.stringify({ trigger, engines, findings, self }))
    .join('\n')
}

/** Reports of checks: one is saved only where something is found. */
function checksIn(out: string): Report[] {
  return readdirSync(out)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(out, name), 'utf8')) as Report)
    .filter(({ trigger, findings }) => trigger === 'check' && findings.length > 0)
}

describe.skipIf(mode === undefined)('leases in live processes (npm run test:services)', () => {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    const text = readFileSync(file, 'utf8')
    it.concurrent(`${name}: ${stated(text).join('; ')}`, async ({ expect }) => {
      const { leaks, leases } = await reported(file)
      expect(leaks).toEqual(stated(text))
      if (leaks[0]?.startsWith('exhausted') === true) expect(leases[0]).toBeGreaterThan(0)
    })
  }
})

it('every live program states what is to be reported', () => {
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(texts.filter((text) => stated(text).length === 0)).toEqual([])
})
