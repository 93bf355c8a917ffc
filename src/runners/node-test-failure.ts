/** A leak as node:test's own failing test. */
import { errorOf } from './error-of-leaks.ts'
import type { NodeTest } from './node-test-classes.ts'
import type { LeakOfTest } from './session.ts'

/** Of one test. */
export function leakError(leaks: readonly LeakOfTest[]): Error {
  const error = errorOf(...leaks)
  // It would be shown as `Error [LeakError]`; its class says the same.
  Reflect.deleteProperty(error, 'name')
  return error
}

/** Adds tests that have failed to the root. */
export function addFailures(root: NodeTest, leaks: readonly LeakOfTest[]): void {
  // It would be run again for each of them: all have ended.
  root.run = () => Promise.resolve()
  try {
    for (const leak of leaks) addFailure(root, leak)
  } finally {
    Reflect.deleteProperty(root, 'run')
  }
}

/** It has no function, and being aborted no hook of the root's runs for it. */
function addFailure(root: NodeTest, leak: LeakOfTest): void {
  const { test, site } = leak
  const place = site ?? { file: test?.file ?? '', line: 1, column: 1 }
  const added = root.createSubtest(root.constructor, titleOf(test), {}, () => {}, {
    loc: [place.line, place.column, place.file],
  })
  // What a name pattern or `--test-only` leaves out is skipped on Node 20; what has failed is not, on later ones.
  added.skipped = false
  added.fail(asFailure(leakError([leak])))
  added.abortController.abort()
  void added.start()
}

/** As node:test wraps what a test throws. */
function asFailure(cause: Error): Error {
  const code = 'ERR_TEST_FAILURE'
  const stack = `Error [${code}]: ${cause.message}`
  return Object.assign(new Error(cause.message, { cause }), { code, failureType: 'testCodeFailure', stack })
}

/** The same in each run: it is a name in reports. */
function titleOf(test: LeakOfTest['test']): string {
  const parts = [test?.name, test?.hook].filter((part) => part != null)
  return parts.length === 0 ? 'leak outside of tests' : `leak of ${parts.join(' > ')}`
}
