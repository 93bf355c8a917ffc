import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { type Fixture, readFixtures } from './fixture.ts'
import { node } from './program.ts'
import { runFixture } from './run-fixture.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 60_000 })

const fixtures = readFixtures(fileURLToPath(new URL('../../fixtures', import.meta.url)))
/** `UNDER_LOAD=on`: the verdicts are the same where hardly a timer has a stack of its own. */
const isUnderLoad = process.env.UNDER_LOAD === 'on'
/** A new space that no fixture fills: an engine that nothing refers to is told as abandoned once V8 has collected it, and Node 26 collects early. */
const roomy = ['--min-semi-space-size=64', '--max-semi-space-size=64']
const load = isUnderLoad ? [...roomy, '--import', new URL('hum.js', import.meta.url).href] : roomy
const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  .split('.')
  .map(Number)

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
    const isOutOfBudget = isUnderLoad && fixture.needsTimeoutStack
    it.skipIf(tooOld || isOutOfBudget).concurrent(titleOf(fixture), async ({ expect }) => {
      const run = await runFixture(fixture, load)
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
