/** The error by which a test runner shows leaks. */
import type { TestLeak } from './test-leak.ts'

/** Runners show the name of its class: to users it is a `LeakError`, as that of `assertNoLeaks`, but it has no report. */
const TestLeakError = class LeakError extends Error {}

/** Makes one error of at least one leak. */
export function testLeakError(...leaks: readonly TestLeak[]): Error {
  const joined = (key: 'message' | 'stack'): string => leaks.map((leak) => leak[key]).join('\n\n')
  return Object.assign(new TestLeakError(joined('message')), { name: 'LeakError', stack: joined('stack') })
}
