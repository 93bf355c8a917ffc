import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const node = process.env.NODE_UNDER_TEST ?? process.execPath
const preload = fileURLToPath(new URL('../../dist/index.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-deep-'))

const shapes: Readonly<Record<string, (times: number) => string>> = {
  conditionals: (times) => `const x = 0, y = x${'===1?0:x'.repeat(times)}`,
  arrays: (times) => `const y = ${'['.repeat(times)}${']'.repeat(times)}`,
  assignments: (times) => `let a; ${'a='.repeat(times)}1`,
  'else-ifs': (times) => `let x; if (x) {}${' else if (x) {}'.repeat(times)}`,
  functions: (times) => `${'function f(){'.repeat(times)}${'}'.repeat(times)}`,
  signs: (times) => `const y = ${'!'.repeat(times)}0`,
  templates: (times) => `const y = ${'`${'.repeat(times)}0${'}`'.repeat(times)}`,
  parentheses: (times) => `const y = ${'('.repeat(times)}0${')'.repeat(times)}`,
  sums: (times) => `const y = 0${'+1'.repeat(times)}`,
  members: (times) => `const y = e?.a${'?.a'.repeat(times)}`,
  arrows: (times) => `const y = ${'a=>'.repeat(times)}0`,
  classes: (times) => `const y = ${'class{a='.repeat(times)}0${'}'.repeat(times)}`,
}

const times = [300, 3000, 40_000]

/** Requires each file, in this thread or in one with little stack, and prints how that ended. */
const program = `
const { Worker, isMainThread } = require('node:worker_threads')
if (process.argv[2] === 'worker' && isMainThread) new Worker(__filename, { argv: ['worker'], resourceLimits: { stackSizeMb: 1 } })
else for (const name of ${JSON.stringify(Object.keys(shapes))}) for (const times of ${JSON.stringify(times)}) {
  let outcome = 'runs'
  try { require('./' + name + '-' + times + '.js') } catch (error) { outcome = error.name }
  console.log(name, times, outcome)
}`

for (const [name, shape] of Object.entries(shapes))
  for (const count of times)
    writeFileSync(
      join(folder, `${name}-${count}.js`),
      `const e = { start() {}, stop() {} }\n${shape(count)}\nmodule.exports = e`,
    )
const main = join(folder, 'main.js')
writeFileSync(main, program)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('sources that nest deep', () => {
  it.each(['main', 'worker'])(
    'end nothing: %s',
    (thread) => {
      const run = (args: string[]) =>
        execFileSync(node, [...args, main, thread], {
          encoding: 'utf8',
          env: { ...process.env, LEAKWATCH_FORMAT: 'none' },
        })
      const watched = run(['--import', preload])
      expect(watched).toBe(run([]))
      expect(watched.trim().split('\n').length).toBe(Object.keys(shapes).length * times.length)
    },
    60_000,
  )
})
