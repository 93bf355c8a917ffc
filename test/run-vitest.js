/** One run of some of the project's tests, for the scripts that run them again and again under other Nodes and runners. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cache } from './fetch-nodes.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs `filter` with `env` beside the own environment.
 * @returns `{ passed, failures }`: how many passed, and a text for each that failed. A run that does not even report counts as
 * one failure.
 */
export function runVitest(filter, env, label) {
  const results = join(cache, 'results.json')
  rmSync(results, { force: true })
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      ...['run', filter, '--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } },
  )
  if (!existsSync(results)) return { passed: 0, failures: [`${label}: vitest wrote no results`] }
  const { numPassedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'))
  const failures = testResults.flatMap((file) => failuresOf(file, label))
  if (status !== 0 && failures.length === 0) failures.push(`${label}: vitest ended with ${status}`)
  return { passed: numPassedTests, failures }
}

function failuresOf({ name, status, message, assertionResults }, label) {
  const file = `${label}: ${relative(root, name)}`
  const failed = assertionResults.filter((each) => each.status === 'failed')
  // A file that could not be loaded has no tests.
  if (status === 'failed' && failed.length === 0) return [`${file}\n${message}`]
  return failed.map(({ fullName, failureMessages }) => `${file} > ${fullName}\n${failureMessages.join('\n')}`)
}

/** Prints the failures once more, after everything else, and the line that counts; sets the exit code. */
export function conclude(passed, failures) {
  for (const failure of failures) console.log(`✖ ${failure}\n`)
  console.log(`${passed} passed, ${failures.length} failed`)
  if (failures.length > 0) process.exitCode = 1
}
