/** A leak as node:test's own failing test. */
import type { NodeTest } from './node-test-classes.mts'
import type { LeakOfTest } from './session.ts'

class LeakError extends Error {}

/** Of one test. */
export function leakError(leaks: readonly LeakOfTest[]): Error {
  const message = leaks.map((leak) => leak.message).join('\n\n')
  const stack = leaks.map((leak) => withoutInternals(leak.stack)).join('\n\n')
  return Object.assign(new LeakError(message), { stack })
}

/** Adds one that has failed to the root. It has no function, and being aborted no hook of the root's runs for it. */
export function addFailure(root: NodeTest, leak: LeakOfTest): void {
  const { test, site } = leak
  const place = site ?? { file: test?.file ?? '', line: 1, column: 1 }
  const added = root.createSubtest(root.constructor, titleOf(test), {}, () => {}, {
    loc: [place.line, place.column, place.file],
  })
  // What a name pattern or `--test-only` leaves out is skipped on Node 20; what has failed is not, on later ones.
  added.skipped = false
  added.fail(leakError([leak]))
  added.abortController.abort()
  void added.start()
}

/** Reporters print all that there is. */
function withoutInternals(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !/^ {4}at (?:.* \()?(?:node:|<anonymous>:)/.test(line))
    .join('\n')
}

/** The same in each run: it is a name in reports. */
function titleOf(test: LeakOfTest['test']): string {
  const parts = [test?.name, test?.hook].filter((part) => part != null)
  return parts.length === 0 ? 'leak outside of tests' : `leak of ${parts.join(' > ')}`
}
