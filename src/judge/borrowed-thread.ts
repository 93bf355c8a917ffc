/**
 * Threads that a dependency runs for itself (pino's transports, a bundler's workers): their script lies in `node_modules`.
 * What no code of the program had a hand in there is that dependency's own business.
 */

import { isDependency } from '../core/frames.ts'
import { isMainThread } from '../core/main-thread.ts'
import { programFrame } from '../core/places.ts'
import type { Fault } from './judge.ts'

/** Whether this thread is one; asked at report time, as a worker's script is not known before. */
export function isBorrowedThread(): boolean {
  const main = process.argv[1]
  return !isMainThread && main !== undefined && isDependency({ file: main })
}

/** Whether code of the program's own is on the stack that a fault shows. */
export function concernsProgram({ engine, handles }: Fault): boolean {
  const stack = engine === null ? (handles[0]?.live.record.stack ?? null) : (engine.started ?? engine.created)
  const frame = stack === null ? null : programFrame(stack)
  return frame !== null && !isDependency(frame)
}
