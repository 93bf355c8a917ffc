import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { node } from './program.ts'

const url = new URL('../../dist/index.mjs', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-late-'))
const preload = `./${relative(folder, fileURLToPath(url))}`
const leak = 'setInterval(() => {}, 1000); setTimeout(() => process.exit(), 20)'

beforeAll(() => {
  writeFileSync(join(folder, 'app.mjs'), leak)
  writeFileSync(join(folder, 'late.mjs'), `await import(${JSON.stringify(url.href)}); ${leak}`)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('what was created before leakwatch was imported', () => {
  it('is said to be unseen where the program imported it', () => {
    expect(notCovered(['late.mjs'])).toEqual([expect.stringContaining('before leakwatch was imported')])
  })

  it.each([
    ['a URL', ['--import', url.href]],
    ['a relative path', ['--import', preload]],
    ['a relative path after `=`', [`--import=${preload}`]],
    ['`--require`', ['--require', preload.replace(/mjs$/, 'cjs')]],
    ['`-r`', ['-r', fileURLToPath(url).replace(/mjs$/, 'cjs')]],
  ])('is nothing where it is preloaded by %s', (_way, flags) => {
    expect(notCovered([...flags, 'app.mjs'])).toEqual([])
  })

  it('is nothing where `NODE_OPTIONS` preloads it', () => {
    expect(notCovered(['app.mjs'], `--no-warnings --import ${preload}`)).toEqual([])
  })
})

function notCovered(args: string[], nodeOptions = ''): string[] {
  const out = join(folder, 'report.json')
  execFileSync(node, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, LEAKWATCH_OUT: out, LEAKWATCH_FORMAT: 'none', NODE_OPTIONS: nodeOptions },
  })
  const report = JSON.parse(readFileSync(out, 'utf8')) as Report
  rmSync(out)
  return report.self.notCovered
}
