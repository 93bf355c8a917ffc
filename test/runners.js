/**
 * Runs the end-to-end tests of test runners' integrations against the versions that are not among the dev dependencies, each on
 * each Node: `node test/runners.js [vitest-5...]`. Needs the network. Ends with one line, `N passed, N failed`.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache, fetchNodes } from './fetch-nodes.js'
import { conclude, runVitest } from './run-vitest.js'

/** What the test files of `fixtures/suites` use. */
const used = [
  'express@5.3.0',
  'supertest@7.3.2',
  'ws@8.23.0',
  'nock@14.0.10',
  'sinon@21.0.0',
  'fastify@5.12.8',
]

/** What Jest reads TypeScript with. */
const compilers = [
  'ts-jest@29',
  '@swc/jest@0.2',
  '@swc/core@1',
  '@babel/core@7',
  '@babel/preset-env@7',
  '@babel/preset-typescript@7',
  'typescript@5',
]

function suites(suite, ...runner) {
  return { test: 'suites', suite, packages: [...runner, ...used], majors: ['20', '24'] }
}

/** `test`: the file in `e2e`. `packages`: the first is the runner. `majors`: the Nodes that it runs on. */
const runners = {
  'vitest-3': { test: 'vitest', packages: ['vitest@3.2.7'], majors: ['20', '24'] },
  'vitest-5': { test: 'vitest', packages: ['vitest@5.1.1'], majors: ['24'] },
  'jest-29': { test: 'jest', packages: ['jest@29.7.0', ...compilers], majors: ['20', '24'] },
  'jest-30': { test: 'jest', packages: ['jest@30.5.2', ...compilers], majors: ['20', '24'] },
  compilers: {
    test: 'compilers',
    packages: [
      'ts-node@10.9.2',
      '@swc-node/register@1.12.1',
      '@swc/register@0.1.10',
      '@swc/core@1',
      '@babel/register@7',
      '@babel/core@7',
      '@babel/preset-env@7',
      '@babel/preset-typescript@7',
      'tsx@4',
      'esbuild@0.28',
      'vite-node@6',
      'typescript@5',
      '@types/node@20',
    ],
    majors: ['20', '22', '24', '26'],
  },
  'suites-vitest': suites('vitest', 'vitest@4.1.12'),
  'suites-jest': suites('jest', 'jest@30.5.2'),
  'suites-mocha': suites('mocha', 'mocha@12.0.3'),
  'suites-node-test': suites('node-test'),
}

const folders = join(cache, 'runners')
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in runners))
if (unknown.length > 0)
  throw new Error(
    `RUNNER_UNKNOWN: expected one of ${Object.keys(runners).join(', ')}; got ${unknown.join(', ')}.`,
  )

/** The folder of the runner's package, fetched where it is not there yet. */
function fetchRunner(name, packages) {
  const folder = join(folders, name)
  const [first] = packages
  const runner = join(folder, 'node_modules', first.slice(0, first.lastIndexOf('@')))
  if (existsSync(runner)) return runner
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return runner
}

let total = 0
const allFailures = []
for (const [name, { test, suite = '', packages, majors }] of Object.entries(runners)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const runner = fetchRunner(name, packages)
  for (const { version, binary } of fetchNodes(majors)) {
    const label = `${name} on Node ${version}`
    console.log(`\n${label}`)
    const env = { NODE_UNDER_TEST: binary, RUNNER_UNDER_TEST: runner, SUITE_UNDER_TEST: suite }
    const { passed, failures } = runVitest(`test/e2e/${test}.test.ts`, env, label)
    total += passed
    allFailures.push(...failures)
  }
}
conclude(total, allFailures)
