/** Shows a leak as a failed test of node:test. */

import type { TestLeak } from '../session/session.ts'
import { testLeakError } from '../session/test-leak-error.ts'
import type { NodeTest } from './classes.ts'

/** The error of a test that has leaked. */
export function leakError(leaks: readonly TestLeak[]): Error {
  const error = testLeakError(...leaks)
  // node:test would show `Error [LeakError]`. Without it, the name of the class is shown.
  Reflect.deleteProperty(error, 'name')
  return error
}

/** Adds tests that have failed to the root. */
export function addFailures(root: NodeTest, leaks: readonly TestLeak[]): void {
  // The root has ended, and would run again for each added test.
  root.run = () => Promise.resolve()
  try {
    for (const leak of leaks) addFailure(root, leak)
  } finally {
    Reflect.deleteProperty(root, 'run')
  }
}

/** The test has no function. As it is aborted, no hook of the root runs for it. */
function addFailure(root: NodeTest, leak: TestLeak): void {
  const { test, site } = leak
  const place = site ?? { file: test?.file ?? '', line: 1, column: 1 }
  const added = root.createSubtest(root.constructor, titleOf(test), {}, () => {}, {
    loc: [place.line, place.column, place.file],
  })
  // Node 20 skips a test that a name pattern or `--test-only` leaves out. Later ones do not skip a test that has failed.
  added.skipped = false
  added.fail(asFailure(leakError([leak])))
  added.abortController.abort()
  void added.start()
}

/** Wraps an error as node:test does. */
function asFailure(cause: Error): Error {
  const code = 'ERR_TEST_FAILURE'
  const stack = `Error [${code}]: ${cause.message}`
  return Object.assign(new Error(cause.message, { cause }), { code, failureType: 'testCodeFailure', stack })
}

/** The title is the same in each run, as reports compare by it. */
function titleOf(test: TestLeak['test']): string {
  const parts = [test?.name, test?.hook].filter((part) => part != null)
  return parts.length === 0 ? 'leak outside of tests' : `leak of ${parts.join(' > ')}`
}
