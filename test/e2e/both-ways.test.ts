import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { type BothWays, nodeBinary, readBothWays, runBothWays } from './both-ways.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 80_000 })

const programs = readBothWays()
const node = nodeBinary(process.env.NODE_UNDER_TEST ?? process.execPath)
const reports = mkdtempSync(join(tmpdir(), 'leakwatch-both-ways-'))
/** Prints nothing, and makes every report whole. */
const quiet = { LEAKWATCH_FORMAT: 'none', LEAKWATCH_OUT: reports }
/** Nothing is loaded there, so a few tell. */
const withLeakwatchOff = ['source-text.js', 'own-async-hooks.js', 'exit-codes.js', 'new-listener-events.js']

/** Differences that are left. A program that turns out to be the same both ways has to leave this list. */
const known: Readonly<Record<string, string>> = {
  'clone-errors.js': 'V8 writes a method into its own messages without asking `Function.prototype.toString`',
  'function-identity.js':
    'a function that a literal or a field only refers to is wrapped there, not where it stands',
  'minified.js': 'what follows a class on its line is moved by its registration',
  'one-line-class.js': 'Node prints the line of an uncaught error with the registration at its end',
  'one-line-literal.js':
    'a literal that nothing names is registered by a call around it, which moves its first line',
}

afterAll(() => rmSync(reports, { recursive: true, force: true }))

describe(`the same with and without leakwatch, on Node ${node.major}.${node.minor}`, () => {
  for (const program of programs) {
    const reason = known[program.name]
    const title = reason === undefined ? program.name : `${program.name}, but for this: ${reason}`
    it.skipIf(isTooNew(program)).concurrent(title, async ({ expect }) => {
      for (const way of ['require', 'import'] as const) {
        const [bare, watched] = await Promise.all([
          runBothWays(node, program, way, null),
          runBothWays(node, program, way, quiet),
        ])
        expect(isTelling(bare, program)).toBe(true)
        if (reason === undefined) expect(watched).toEqual(bare)
        else expect(watched).not.toEqual(bare)
      }
    })
  }

  for (const program of programs.filter(({ name }) => withLeakwatchOff.includes(name))) {
    it.concurrent(`${program.name} with LEAKWATCH=off`, async ({ expect }) => {
      const bare = await runBothWays(node, program, 'require', null)
      expect(await runBothWays(node, program, 'require', { LEAKWATCH: 'off' })).toEqual(bare)
    })
  }
})

describe('the programs', () => {
  it('are many, and those that are named here are among them', () => {
    const names = programs.map(({ name }) => name)
    expect(names.length).toBeGreaterThanOrEqual(120)
    expect(names).toEqual(expect.arrayContaining([...withLeakwatchOff, ...Object.keys(known)]))
  })
})

/** Two runs that say nothing, or were both ended as overdue, are no proof. */
function isTelling(
  { code, signal, stdout, stderr }: Awaited<ReturnType<typeof runBothWays>>,
  { name }: BothWays,
): boolean {
  if (signal === 'SIGKILL') return name === 'death-by-sigkill.js'
  return signal !== null || code !== 0 || `${stdout}${stderr}` !== ''
}

function isTooNew({ since: [major, minor] }: BothWays): boolean {
  return node.major < major || (node.major === major && node.minor < minor)
}
