/**
 * Where what runs came from: a library opens its socket some ticks after it was called, and then no frame of the program's own is on
 * the stack. A stack without one goes on with that of the tick, timer or handle in which it was captured.
 *
 * The latest async ids are remembered in a ring, as what follows from them mostly comes soon.
 */
import { measured, spendTickStack } from './budget.ts'
import { type CapturedStack, captureStack } from './captured-stack.ts'
import { originsKept, state } from './state.ts'

const tickDepth = 32

/** The stack behind what the async resource `asyncId` runs. */
export function originOf(asyncId: number): CapturedStack | null {
  const slot = asyncId % originsKept
  return state.originIds[slot] === asyncId ? (state.origins[slot] ?? null) : null
}

/** What `asyncId` will run came from here. */
export function noteOrigin(asyncId: number, stack: CapturedStack): void {
  const slot = asyncId % originsKept
  state.originIds[slot] = asyncId
  state.origins[slot] = stack
}

/**
 * Something that is no handle was asked for, a tick mostly. Without a stack of its own nobody knows whether the program's code has asked,
 * as a handler of a server does: what it came from would be told as the place.
 */
export function followOrigin(
  asyncId: number,
  current: number,
  above: (...args: never[]) => unknown,
  isTick: boolean,
): void {
  if (!spendTickStack()) return
  const own = measured(() => captureStack(above, tickDepth))
  if (own === null) return
  if (isTick) own.pass()
  own.continueWith(originOf(current))
  noteOrigin(asyncId, own)
}

/** What is mostly awaited: V8 names the functions that wait for it, in whatever is made next. Node's loader of ES modules asks for thousands. */
export function carryOrigin(asyncId: number, current: number): void {
  const from = originOf(current)
  if (from === null) return
  from.keep()
  noteOrigin(asyncId, from)
}
