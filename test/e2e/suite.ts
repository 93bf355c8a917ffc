/** The test files of `fixtures/suites` as each runner takes them, a leaking and a clean one of each. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cases = join(root, 'fixtures/suites')

export interface SuiteRunner {
  /** Runs all files of the folder that it is in. */
  command: readonly string[]
  env?: Record<string, string>
  /** What the project has beside its test files. */
  files?: Record<string, string>
  /** Of a test file. */
  extension: string
  /** ES modules, else CommonJS. */
  isModule: boolean
  /** On one line: what the test files use of the runner, under one name each. */
  heading: string
  /** What the runner calls its hooks. */
  hooks: { beforeAll: string; beforeEach: string }
}

const sinonClock =
  "const clock = (() => { let fake; return { fake: () => { fake = require('sinon').useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }) }, advance: (ms) => fake.tick(ms), real: () => fake.restore() } })(); "
const nodeClock =
  "const { mock } = require('node:test'); const clock = { fake: () => mock.timers.enable({ apis: ['setInterval', 'setTimeout'] }), advance: (ms) => mock.timers.tick(ms), real: () => mock.timers.reset() }; "
const each = (define: string): string =>
  `Object.entries(tests).forEach(([name, body]) => ${define}(name, body))`

/** `packages`: where the runner and what the test files use is installed. */
export const suiteRunners: Record<string, (packages: string) => SuiteRunner> = {
  vitest: (packages) => ({
    command: [join(packages, 'vitest/vitest.mjs'), 'run'],
    files: {
      'vitest.config.mjs': `import leakwatch from 'leakwatch/vitest'\nexport default { plugins: [leakwatch()] }\n`,
    },
    extension: '.test.js',
    isModule: true,
    heading: `import { afterAll, afterEach, beforeAll, beforeEach, describe, test, vi } from 'vitest'; const clock = { fake: () => vi.useFakeTimers(), advance: (ms) => vi.advanceTimersByTime(ms), real: () => vi.useRealTimers() }; const together = (tests) => describe.concurrent('together', () => ${each('test')})`,
    hooks: { beforeAll: 'beforeAll', beforeEach: 'beforeEach' },
  }),
  jest: (packages) => ({
    command: [join(packages, 'jest/bin/jest.js')],
    files: { 'jest.config.cjs': `module.exports = { setupFilesAfterEnv: ['leakwatch/jest'] }\n` },
    extension: '.test.js',
    isModule: false,
    heading: `const clock = { fake: () => jest.useFakeTimers(), advance: (ms) => jest.advanceTimersByTime(ms), real: () => jest.useRealTimers() }; const together = (tests) => describe('together', () => ${each('test.concurrent')})`,
    hooks: { beforeAll: 'beforeAll', beforeEach: 'beforeEach' },
  }),
  mocha: (packages) => ({
    // mocha looks it up from its own folder, which is elsewhere here.
    command: [
      join(packages, 'mocha/bin/mocha.js'),
      '--require',
      join(root, 'dist/mocha.mjs'),
      '--spec',
      '*.spec.js',
    ],
    extension: '.spec.js',
    isModule: false,
    heading: `const { describe, it: test, before: beforeAll, after: afterAll, beforeEach, afterEach } = require('mocha'); ${sinonClock}const together = (tests) => describe('together', () => ${each('test')})`,
    hooks: { beforeAll: 'before', beforeEach: 'beforeEach' },
  }),
  'node-test': () => ({
    command: ['--import', 'leakwatch/node-test', '--test'],
    extension: '.test.js',
    isModule: false,
    heading: `const { describe, test, before: beforeAll, after: afterAll, beforeEach, afterEach } = require('node:test'); ${nodeClock}const together = (tests) => describe('together', { concurrency: true }, () => ${each('test')})`,
    hooks: { beforeAll: 'before', beforeEach: 'beforeEach' },
  }),
}

/** Writes the project. Gives what must be blamed, sorted: `<file>:<line> <test>`. */
export function writeSuite(
  folder: string,
  packages: string,
  runner: SuiteRunner,
  kind: 'leaky' | 'clean',
): string[] {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  for (const name of readdirSync(packages))
    if (!name.startsWith('.')) symlinkSync(join(packages, name), join(folder, 'node_modules', name))
  symlinkSync(root, join(folder, 'node_modules/leakwatch'))
  const type = runner.isModule ? 'module' : 'commonjs'
  for (const [name, text] of Object.entries({
    'package.json': `{ "type": "${type}" }\n`,
    ...runner.files,
  }))
    writeFileSync(join(folder, name), text)
  const expected: string[] = []
  for (const name of readdirSync(cases).filter((each) => each.endsWith('.js'))) {
    const file = `${basename(name, '.js')}${runner.extension}`
    const lines = [runner.heading, ...linesOf(join(cases, name), runner, kind)]
    writeFileSync(join(folder, file), `${lines.join('\n')}\n`)
    if (kind === 'leaky') expected.push(...leaksOf(file, lines))
  }
  return expected.sort()
}

function linesOf(path: string, { isModule, hooks }: SuiteRunner, kind: 'leaky' | 'clean'): string[] {
  const other = kind === 'leaky' ? '// clean' : '// leaky'
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => !line.endsWith(other))
    .map((line) => (isModule ? line : required(line)))
    .map((line) => line.replace(/\{(beforeAll|beforeEach)\}/, (_, name: 'beforeAll') => hooks[name]))
}

/** An import as CommonJS has it. */
function required(line: string): string {
  const found = /^import (.+) from ('.+')$/.exec(line)
  return found === null ? line : `const ${found[1]?.replaceAll(' as ', ': ')} = require(${found[2]})`
}

function leaksOf(file: string, lines: readonly string[]): string[] {
  return lines.flatMap((line, index) => {
    const test = /\/\/ leak: (.*?)(?: \/\/ leaky)?$/.exec(line)?.[1]
    return test === undefined ? [] : [`${file}:${index + 1} ${test}`]
  })
}
