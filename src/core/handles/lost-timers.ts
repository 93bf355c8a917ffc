/**
 * Timers that Node counts and does not have. Node counts a timer, tells async_hooks of it, and then puts it into a list; telling takes
 * more stack than all else. Where the stack overflows there, Node's count stays too high, and the process goes on as long as any timer is
 * in a list, leakwatch's own too. Without async hooks it would fail before it counts.
 */

import { state as time } from '../time/state.ts'
import { timeout } from './handle-types.ts'
import { state } from './state.ts'

interface Timer {
  _destroyed: boolean
  hasRef(): boolean
}

/** Streams of the process itself are among what Node calls active. */
const mayBeStdio = new Set(['PipeWrap', 'TTYWrap'])

/** Whether nothing but such a timer holds the process: leakwatch's own timers are then not to be set anew. */
export function isHeldByLostTimer(): boolean {
  // The channel to a parent looks as a pipe of the process's own does, and a server of a cluster's worker has a timer of Node's.
  if (process.connected) return false
  // A timer of leakwatch's own is in no table.
  if (time.holding > 0) return false
  const active = process.getActiveResourcesInfo().filter((type) => !mayBeStdio.has(type))
  return active.length > 0 && active.every((type) => type === timeout.type) && !isAnyTimerKnown()
}

function isAnyTimerKnown(): boolean {
  const { ring, youngCount, old } = state
  const timers = [
    ...ring.slice(0, youngCount).map(({ kind, resource }) => (kind === timeout ? resource : null)),
    ...old.map((record) => (record.kind === timeout ? record.deref() : null)),
  ] as (Timer | null | undefined)[]
  return timers.some((timer) => timer?._destroyed === false && timer.hasRef())
}
