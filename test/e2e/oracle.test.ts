import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { type Fixture, readFixtures } from './fixture.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 20_000 })

const root = fileURLToPath(new URL('../../fixtures', import.meta.url))
const preload = new URL('../../dist/index.js', import.meta.url).href
const node = process.env.LEAKWATCH_NODE ?? process.execPath
const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  .split('.')
  .map(Number)
const patienceMs = 8000

/** Async types that why-is-node-running lists and that are no handles of the program's, whatever made them. */
const notHandles: Readonly<Record<string, string>> = {}

/** Single entries, as `<fixture> <type> <file>:<line>`, that leakwatch is right not to list. */
const exceptions: Readonly<Record<string, string>> = {}

describe('what why-is-node-running lists', () => {
  const leaking = readFixtures(root).filter(({ clean }) => !clean)
  for (const fixture of leaking) {
    const [sinceMajor, sinceMinor] = fixture.since
    const tooOld = major < sinceMajor || (major === sinceMajor && minor < sinceMinor)
    it.skipIf(tooOld).concurrent(`${fixture.name}: leakwatch lists too`, async ({ expect }) => {
      const reports = await run(fixture)
      const missing = reports.flatMap((report) => unlisted(report, fixture))
      expect(missing).toEqual([])
    })
  }
})
