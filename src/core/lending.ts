/**
 * Callbacks handed to an engine work for whoever handed them over. The engine calls them in its own context, and
 * replacing them by bound ones would change their identity (`off(fn)`), so the stack decides: what was made by a
 * function that the engine's own code called, and that bears the name of one handed over, is the lender's.
 */
import type { EngineRecord } from './engine-record.ts'
import { isCodeOf } from './own-code.ts'
import type { CapturedStack } from './stack.ts'

const { types } = process.getBuiltinModule('node:util')

const namesLimit = 64
const lendersLimit = 16

/** Notes the functions among the arguments of a call to a method of `engine`. */
export function lend(engine: EngineRecord, lender: EngineRecord | null, args: readonly unknown[]): void {
  for (const arg of args) {
    if (typeof arg === 'function') lendFunction(engine, lender, arg as () => unknown)
    else if (typeof arg === 'object' && arg !== null) lendMethods(engine, lender, arg)
  }
}

function lendFunction(engine: EngineRecord, lender: EngineRecord | null, callback: () => unknown): void {
  const name = Object.getOwnPropertyDescriptor(callback, 'name')?.value
  if (typeof name !== 'string') return
  engine.loans ??= new Map()
  const lenders = engine.loans.get(name)
  if (lenders === undefined) {
    if (engine.loans.size < namesLimit) engine.loans.set(name, [lender])
    return
  }
  if (lenders.at(-1) === lender) return
  const known = lenders.indexOf(lender)
  if (known >= 0) lenders.splice(known, 1)
  else if (lenders.length === lendersLimit) lenders.shift()
  lenders.push(lender)
}

/** `queue.push({ run() {} })`: the functions of a plain object, without running a getter. */
function lendMethods(engine: EngineRecord, lender: EngineRecord | null, object: object): void {
  if (types.isProxy(object) || Object.getPrototypeOf(object) !== Object.prototype) return
  for (const key of Object.keys(object).slice(0, 8)) {
    const value = Object.getOwnPropertyDescriptor(object, key)?.value
    if (typeof value === 'function') lendFunction(engine, lender, value)
  }
}

/** Whose a handle or an engine is that was made in the context of `owner`, with this stack. */
export function beneficiary(owner: EngineRecord | null, stack: CapturedStack | null): EngineRecord | null {
  if (owner === null || owner.loans === null || owner.sources.length === 0 || stack === null) return owner
  const user = stack.frames.filter((frame) => frame.file !== null && !frame.file.startsWith('node:'))
  const own = user.findIndex((frame) => isCodeOf(owner, frame))
  if (own === 0) return owner
  // Where the engine's code is not on the stack, a timer or an event of the callback's own called it.
  const called = user[own < 0 ? user.length - 1 : own - 1]
  if (called === undefined) return owner
  const lenders = owner.loans.get(simpleName(called.function))
  if (lenders === undefined) return owner
  const nearest = lenders.findLast((lender) => lender !== null && isCodeOf(lender, called))
  return nearest ?? lenders.at(-1) ?? null
}

function simpleName(name: string | null): string {
  return name === null ? '' : name.slice(name.lastIndexOf('.') + 1)
}
