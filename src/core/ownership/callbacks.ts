/**
 * Callbacks handed to an engine work for whoever handed them over. The engine calls them in its own context, and
 * replacing them by bound ones would change their identity (`off(fn)`), so the stack decides: what was made by a
 * function that the engine's own code called, and that bears the name of one handed over, is the giver's.
 */

import { isCodeOf } from '../engines/own-code.ts'
import type { EngineRecord } from '../records/engine-record.ts'
import type { PlainFrame } from '../stacks/frames.ts'
import { ownerBehindLibrary } from './behind-library.ts'

const { types } = process.getBuiltinModule('node:util')

const namesLimit = 64
const giversLimit = 16

/** An engine, or what is known of one that is being constructed. */
export type CallbackHolder = Pick<EngineRecord, 'callbacks'>

/** Notes the functions among the arguments of a call to a method of `engine`. */
export function noteCallbacks(
  engine: CallbackHolder,
  giver: EngineRecord | null,
  args: readonly unknown[],
): void {
  for (const arg of args) {
    if (typeof arg === 'function') noteFunction(engine, giver, arg as () => unknown)
    else if (typeof arg === 'object' && arg !== null) noteMethods(engine, giver, arg)
  }
}

function noteFunction(engine: CallbackHolder, giver: EngineRecord | null, callback: () => unknown): void {
  const name = Object.getOwnPropertyDescriptor(callback, 'name')?.value
  if (typeof name !== 'string') return
  engine.callbacks ??= new Map()
  const givers = engine.callbacks.get(name)
  if (givers === undefined) {
    if (engine.callbacks.size < namesLimit) engine.callbacks.set(name, [giver])
    return
  }
  if (givers.at(-1) === giver) return
  const known = givers.indexOf(giver)
  if (known >= 0) givers.splice(known, 1)
  else if (givers.length === giversLimit) givers.shift()
  givers.push(giver)
}

/** `queue.push({ run() {} })`: the functions of a plain object, without running a getter. */
function noteMethods(engine: CallbackHolder, giver: EngineRecord | null, object: object): void {
  if (types.isProxy(object) || Object.getPrototypeOf(object) !== Object.prototype) return
  for (const key of Object.keys(object).slice(0, 8)) {
    const value = Object.getOwnPropertyDescriptor(object, key)?.value
    if (typeof value === 'function') noteFunction(engine, giver, value)
  }
}

/** Whose a handle or an engine is that was made in the context of `owner`, with this stack; `null`: there is none. */
export function ownerBehind(
  owner: EngineRecord | null,
  stack: { readonly frames: readonly PlainFrame[] } | null,
): EngineRecord | null {
  if (owner !== null && owner.traits !== null) return ownerBehindLibrary(owner, stack)
  if (owner === null || owner.callbacks === null || owner.sources.length === 0 || stack === null) return owner
  const user = stack.frames.filter((frame) => frame.file !== null && !frame.file.startsWith('node:'))
  const own = user.findIndex((frame) => isCodeOf(owner, frame))
  if (own === 0) return owner
  // Where the engine's code is not on the stack, a timer or an event of the callback's own called it.
  const called = user[own < 0 ? user.length - 1 : own - 1]
  if (called === undefined) return owner
  const givers = owner.callbacks.get(simpleName(called.function))
  if (givers === undefined) return owner
  const nearest = givers.findLast((giver) => giver !== null && isCodeOf(giver, called))
  return nearest ?? givers.at(-1) ?? null
}

function simpleName(name: string | null): string {
  return name === null ? '' : name.slice(name.lastIndexOf('.') + 1)
}

/** Whether each call of its start gives the caller something of its own: a client of a pool. */
export function givesToCallers(engine: EngineRecord): boolean {
  return giving.has(engine)
}

/** Seen of a start that came while it ran. */
export function noteGiving(engine: EngineRecord): void {
  giving.add(engine)
}

const giving = new WeakSet<EngineRecord>()
