/**
 * Forty test files of a kind found in real projects, leaking and clean, in each runner: `npm run test:runners` installs what they use,
 * and says by `SUITE_UNDER_TEST` in which. Skipped without.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { partsById, subjectOf } from '../../src/report/words/finding-rows.ts'
import { inherited, node, nodeVersion } from './program.ts'
import { type SuiteRunner, suiteRunners, writeSuite } from './suite.ts'

vi.setConfig({ testTimeout: 240_000 })

const { SUITE_UNDER_TEST: suite = '', RUNNER_UNDER_TEST: installed = '' } = process.env
const packages = installed.replace(/(.*node_modules).*/s, '$1')
let folder = ''

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-suites-')))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(
  cwd: string,
  { command, env }: SuiteRunner,
  reports: string,
): Promise<{ code: number; output: string }> {
  mkdirSync(reports)
  const options = {
    cwd,
    maxBuffer: 2 ** 26,
    env: { ...inherited(), NO_COLOR: '1', LEAKWATCH_OUT: reports, ...env },
  }
  return new Promise((resolve) => {
    execFile(node, [...command], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr })
    })
  })
}

/** What was blamed in the reports that a folder has, in the same form. */
function blamedIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report)
    .flatMap((report) => {
      const parts = partsById(report)
      return report.findings
        .filter(({ severity }) => severity === 'leak')
        .map((finding) => {
          const { site } = subjectOf(finding, parts)
          const names = [finding.test?.name, finding.test?.hook].filter((each) => each != null)
          return `${basename(site?.file ?? '-')}:${site?.line} ${names.join(' > ') || '-'}`
        })
    })
    .sort()
}

describe.skipIf(suite === '')(`forty suites in ${suite}, on Node ${nodeVersion}`, () => {
  it('are red where they leak, with the right test and line', async () => {
    const runner = (suiteRunners[suite] as NonNullable<(typeof suiteRunners)[string]>)(packages)
    const project = join(folder, 'leaky')
    const expected = writeSuite(project, packages, runner, 'leaky')
    const { code, output } = await run(project, runner, join(folder, 'leaks'))
    expect(blamedIn(join(folder, 'leaks')), output).toEqual(expected)
    expect(code).toBeGreaterThan(0)
  })

  it('are green where they do not', async () => {
    const runner = (suiteRunners[suite] as NonNullable<(typeof suiteRunners)[string]>)(packages)
    const project = join(folder, 'clean')
    writeSuite(project, packages, runner, 'clean')
    const { code, output } = await run(project, runner, join(folder, 'none'))
    expect(blamedIn(join(folder, 'none')), output).toEqual([])
    expect(code, output).toBe(0)
    expect(output).not.toMatch(/leakwatch:|LeakError/)
  })
})
