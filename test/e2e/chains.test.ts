/** Timers that are renewed, each by the one before: judged by the usual grace time, as no other fixture is. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, it } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { node } from './program.ts'

const folder = fileURLToPath(new URL('../../fixtures/chains', import.meta.url))
const preload = new URL('../../dist/index.mjs', import.meta.url).href

describe(`chains, on Node ${process.env.NODE_UNDER_TEST ?? process.version}`, () => {
  for (const name of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, name), 'utf8')
    const line = text.split('\n').findIndex((each) => each.includes('// leak: renewed setTimeout')) + 1
    const expected = line === 0 ? [] : [`renewed setTimeout ${name}:${line}`]
    it.concurrent(`${name}: ${expected[0] ?? 'no leak'}`, { timeout: 30_000 }, async ({ expect }) => {
      expect(await leaksOf(join(folder, name))).toEqual(expected)
    })
  }
})

async function leaksOf(file: string): Promise<string[]> {
  const out = mkdtempSync(join(tmpdir(), 'leakwatch-chains-'))
  try {
    const env = { PATH: process.env.PATH, LEAKWATCH_OUT: out, LEAKWATCH_FORMAT: 'none' }
    await promisify(execFile)(node, ['--import', preload, file], { env })
    const reports = readdirSync(out).map(
      (name) => JSON.parse(readFileSync(join(out, name), 'utf8')) as Report,
    )
    return reports.flatMap(({ findings, handles }) =>
      findings
        .filter(({ severity }) => severity === 'leak')
        .map(({ kind, handles: [id] }) => {
          const handle = handles.find((each) => each.id === id)
          return `${kind} ${handle?.name} ${basename(handle?.site?.file ?? '')}:${handle?.site?.line}`
        }),
    )
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
