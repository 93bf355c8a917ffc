/** Leaks as an error that a runner shows. */
import type { LeakOfTest } from './leak-of-test.ts'

class LeakError extends Error {}

/** One error, of at least one leak. */
export function errorOf(...leaks: readonly LeakOfTest[]): Error {
  const joined = (key: 'message' | 'stack'): string => leaks.map((leak) => leak[key]).join('\n\n')
  return Object.assign(new LeakError(joined('message')), { name: 'LeakError', stack: joined('stack') })
}
