/** What a start gives to whoever called it: a pool's `connect()` gives a client, and is no second start of the pool. */
import { noteGiving } from '../../core/ownership/callbacks.ts'
import { promiseResults } from '../../core/promises/promise-state.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { returnVerbs, stopSymbols, stopVerbs } from '../source/verbs.ts'

const { types } = process.getBuiltinModule('node:util')

const taking = /^(?:connect|open)(?![a-z])/

/** `pool.connect((error, client) => ...)`, called while it runs. */
export function noteTakers(record: EngineRecord, verb: string, args: readonly unknown[]): void {
  const isTaken = taking.test(verb) && args.flat(1).some((arg) => typeof arg === 'function' && arg.length > 1)
  if (isTaken) noteGiving(record)
}

/** What a start has returned of an engine that ran already: something of its own, which the caller can end. */
export function noteGiven(record: EngineRecord, self: object, given: unknown): void {
  if (typeof given === 'object' && given !== null && given !== self && canBeEnded(given)) noteGiving(record)
}

/** The same of a promise. Gives what looks into it once it has been fulfilled. */
export function notingPromised(record: EngineRecord, self: object, promise: Promise<unknown>): () => void {
  const held = new WeakRef(promise)
  return () => {
    const fulfilled = held.deref()
    if (fulfilled !== undefined) noteGiven(record, self, promiseResults([fulfilled])[0]?.value)
  }
}

const ends = [...stopVerbs, ...stopSymbols, ...returnVerbs, 'free']

/** No getter is called. */
function canBeEnded(given: object): boolean {
  for (
    let each: object | null = given;
    each !== null && !types.isProxy(each);
    each = Object.getPrototypeOf(each)
  ) {
    const descriptors = Object.getOwnPropertyDescriptors(each) as Record<string | symbol, PropertyDescriptor>
    if (ends.some((verb) => typeof descriptors[verb]?.value === 'function')) return true
  }
  return false
}
