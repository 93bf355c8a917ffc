import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { fixturesOf } from '../e2e/fixture.ts'
import { runFixture } from '../e2e/run-fixture.ts'
import { asCommonJs } from './as-commonjs.ts'

vi.setConfig({ maxConcurrency: 3, testTimeout: 60_000 })

/** `on`: what has its server runs; `required`: all does. */
const mode = process.env.TEST_SERVICES
const ports: Readonly<Record<string, number>> = {
  postgres: 5432,
  mariadb: 3306,
  redis: 6379,
  rabbitmq: 5672,
  mosquitto: 1883,
  nats: 4222,
}
const fixtures = fixturesOf(fileURLToPath(new URL('../../fixtures', import.meta.url)), 'libraries')
const isThere = new Map<string, boolean>()
if (mode === 'on')
  for (const [service, port] of Object.entries(ports)) isThere.set(service, await answers(port))

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

describe('the programs of libraries', () => {
  it('have twins, and name servers that are known', () => {
    expect(fixtures.filter(({ twin }) => twin === null).map(({ name }) => name)).toEqual([])
    const services = new Set(fixtures.flatMap(({ service }) => service ?? []))
    expect(Object.keys(ports)).toEqual(expect.arrayContaining([...services]))
  })
})

describe.skipIf(mode === undefined)('libraries (npm run test:services)', () => {
  const root = mode === undefined ? null : realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-commonjs-')))
  afterAll(() => {
    if (root !== null) rmSync(root, { recursive: true })
  })
  for (const fixture of root === null ? [] : [...fixtures, ...asCommonJs(fixtures, root)]) {
    const { name, service } = fixture
    const isMissing = mode === 'on' && service !== null && isThere.get(service) !== true
    it.skipIf(isMissing).concurrent(`${name}${isMissing ? ` (no ${service})` : ''}`, async ({ expect }) => {
      const run = await runFixture(fixture)
      expect(run).toMatchObject({ ending: 0, stdout: '', stderr: '', faults: [] })
      if (fixture.fix !== null) expect(run.fixes.join('\n')).toContain(fixture.fix)
      expect({ leaks: run.leaks }).toEqual({ leaks: fixture.leaks.toSorted() })
      expect(run.warnings).toEqual(
        fixture.hasNoOthers ? fixture.warnings.toSorted() : expect.arrayContaining(fixture.warnings),
      )
    })
  }
})
