import { execFileSync } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { type BothWays, readBothWays, runBothWays } from './both-ways.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 40_000 })

const programs = readBothWays()
const node = process.env.LEAKWATCH_NODE ?? process.execPath
const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  .split('.')
  .map(Number)
const quiet = { LEAKWATCH_FORMAT: 'none' }
/** Nothing is loaded there, so a few tell. */
const withLeakwatchOff = ['source-text.js', 'own-async-hooks.js', 'exit-codes.js', 'new-listener-events.js']

describe(`the same with and without leakwatch, on Node ${major}.${minor}`, () => {
  for (const program of programs) {
    it.skipIf(isTooNew(program)).concurrent(program.name, async ({ expect }) => {
      const [bare, watched] = await Promise.all([
        runBothWays(node, program, null),
        runBothWays(node, program, quiet),
      ])
      expect(watched).toEqual(bare)
      expect(bare.signal === 'SIGKILL' && !program.name.includes('sigkill')).toBe(false)
      expect(`${bare.stdout}${bare.stderr}${bare.signal}${bare.code || ''}`).not.toBe('null')
    })
  }

  for (const program of programs.filter(({ name }) => withLeakwatchOff.includes(name))) {
    it.concurrent(`${program.name} with LEAKWATCH=off`, async ({ expect }) => {
      const bare = await runBothWays(node, program, null)
      expect(await runBothWays(node, program, { LEAKWATCH: 'off' })).toEqual(bare)
    })
  }
})

describe('the programs', () => {
  it('are many, and those for LEAKWATCH=off are among them', () => {
    expect(programs.length).toBeGreaterThanOrEqual(100)
    expect(programs.map(({ name }) => name)).toEqual(expect.arrayContaining(withLeakwatchOff))
  })
})

function isTooNew({ since: [sinceMajor, sinceMinor] }: BothWays): boolean {
  return major < sinceMajor || (major === sinceMajor && minor < sinceMinor)
}
