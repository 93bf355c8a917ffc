/** What the last report of a process needs, and what is said where there can be none. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { recordFault } from '../core/self/faults.ts'
import { isMainThread } from '../core/self/main-thread.ts'
import type { Settings } from '../settings/settings.ts'

/**
 * A process that has no descriptor left could not load what makes the report, so its stdin is closed: nobody reads it any more, and
 * the system would close it in a moment.
 */
export function makeRoom(): void {
  if (!isMainThread) return
  try {
    closeSync(openSync('/dev/null', 'r'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EMFILE' || code === 'ENFILE') closeStdin()
  }
}

function closeStdin(): void {
  try {
    closeSync(0)
  } catch (error) {
    recordFault('making room for the last report', error)
  }
}

/** leakwatch's files may be gone, so that one line has to do. */
export function sayUnmade(error: unknown, { format }: Pick<Settings, 'format'>): void {
  if (format === 'none') return
  try {
    const got = error instanceof Error ? error.message : String(error)
    const line = `leakwatch: expected to make the last report of this process; got ${got}`
    writeSync(2, `${line.replace(/\s+/g, ' ')}\n`)
  } catch {
    // standard error is closed
  }
}
