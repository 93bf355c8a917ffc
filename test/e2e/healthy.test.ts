/** Programs that do nothing wrong, in usual ways: with a grace time, no leak is told. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it, vi } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { inherited, node, nodeVersion, required } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 60_000 })

const folder = fileURLToPath(new URL('../../fixtures/healthy', import.meta.url))

describe(`healthy programs, on Node ${nodeVersion}`, () => {
  for (const name of readdirSync(folder)) {
    it.concurrent(`${name}: no leak`, async ({ expect }) => {
      const out = mkdtempSync(join(tmpdir(), 'leakwatch-healthy-'))
      try {
        const env = { ...inherited(), LEAKWATCH_OUT: out, LEAKWATCH_FORMAT: 'none' }
        const child = spawn(node, ['--require', required, join(folder, name)], { env, stdio: 'ignore' })
        const [code, signal] = await once(child, 'close')
        expect([0, null, 'SIGTERM']).toContain(code ?? signal)
        expect(leaksIn(out)).toEqual([])
      } finally {
        rmSync(out, { recursive: true, force: true })
      }
    })
  }
})

function leaksIn(out: string): string[] {
  if (!existsSync(out)) return []
  return readdirSync(out)
    .map((name) => JSON.parse(readFileSync(join(out, name), 'utf8')) as Report)
    .flatMap(({ findings }) => findings)
    .filter(({ severity }) => severity === 'leak')
    .map(({ message }) => message)
}
