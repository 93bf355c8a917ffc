/**
 * Threads that a dependency runs for itself (pino's transports, a bundler's workers): their script lies in `node_modules`.
 * What happens there without the program's code is the dependency's own business.
 */

import { isMainThread } from '../core/self/main-thread.ts'
import { isDependency } from '../core/stacks/frames.ts'
import { programFrame } from '../core/stacks/sites.ts'
import type { Fault } from './judge.ts'

/** Whether this thread is one. It is asked when there is a report: a worker's script is not known before. */
export function isBorrowedThread(): boolean {
  return !isMainThread && isMainOfDependency()
}

/** Whether the main script of this process, or the script of this thread, lies in `node_modules`. */
export function isMainOfDependency(): boolean {
  const main = process.argv[1]
  return main !== undefined && isDependency({ file: main })
}

/** Whether code of the program's own is on the stack that a fault shows. */
export function concernsProgram({ engine, handles }: Fault): boolean {
  const stack = engine === null ? (handles[0]?.live.record.stack ?? null) : (engine.started ?? engine.created)
  const frame = stack === null ? null : programFrame(stack)
  return frame !== null && !isDependency(frame)
}
