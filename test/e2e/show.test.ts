import { execFile } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleReport } from '../report/sample.ts'
import { inherited, node, nodeVersion } from './program.ts'

const bin = fileURLToPath(new URL('../../bin/leakwatch.js', import.meta.url))
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-show-')))

beforeAll(() => {
  writeFileSync(join(folder, 'a.json'), JSON.stringify(sampleReport({ at: '2026-01-02T03:04:05.678Z' })))
  writeFileSync(join(folder, 'b.json'), JSON.stringify(sampleReport({ at: '2026-01-01T00:00:00.000Z' })))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function show(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: inherited() }
    execFile(node, [bin, 'show', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

describe(`\`leakwatch show\`, on Node ${nodeVersion}`, () => {
  it('prints each report of a folder, oldest first, a line between, with its time and host', async () => {
    const { code, stdout } = await show('.')
    expect(code).toBe(0)
    const [first, second] = stdout.split('\n\nleakwatch: ')
    const { hostname } = sampleReport().process
    const headOf = (text = '') => text.split('\n\n')[0]?.replaceAll('\n', ' ')
    expect(headOf(first)).toMatch(
      new RegExp(`^leakwatch: 1 leak .*, 2026-01-01T00:00:00\\.000Z on ${hostname}$`),
    )
    expect(headOf(second)).toMatch(new RegExp(`^1 leak .*, 2026-01-02T03:04:05\\.678Z on ${hostname}$`))
  })

  it('prints as many lines of JSON as there are reports', async () => {
    const { stdout } = await show('--format', 'json', 'a.json', 'b.json')
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).at)).toEqual([
      '2026-01-02T03:04:05.678Z',
      '2026-01-01T00:00:00.000Z',
    ])
  })

  it('says in one line what it cannot show, and exits with 2', async () => {
    const { code, stdout, stderr } = await show('nowhere')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      'LEAKWATCH_REPORT_UNREADABLE: expected a report or a folder of reports at `nowhere`; got ENOENT\n',
    )
  })
})
