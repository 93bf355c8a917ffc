/** The verbs among an object's methods, and which of them ends what another has begun. */
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { insertedText, writtenAs } from '../../core/self/written-text.ts'
import { type Families, mayBeVerb, stopAfter } from '../source/verb-families.ts'
import { mayEnd } from '../source/verbs.ts'
import { state } from './state.ts'

const { types } = process.getBuiltinModule('node:util')

/** Of a method, also where it has a wrapper, with what was inserted. */
export function textOfMethod(method: object): string {
  return insertedText((writtenAs(method) ?? method) as () => unknown)
}

/** Names of functions that may start or stop, of an object and those that it was made of. */
export function verbNames(object: object): string[] {
  const names: string[] = []
  let each: object | null = object
  for (
    ;
    each !== null && each !== Object.prototype && !types.isProxy(each);
    each = Object.getPrototypeOf(each)
  )
    names.push(...ownVerbNames(each))
  return names
}

/** Of those that an object has itself. */
export function ownVerbNames(object: object): string[] {
  return Object.getOwnPropertyNames(object).filter((name) => {
    if (!mayBeVerb(name)) return false
    const value: unknown = Object.getOwnPropertyDescriptor(object, name)?.value
    if (typeof value !== 'function' || state.unseenStops.has(value)) return false
    return mayEnd(name, () => textOfMethod(value))
  })
}

/** The verb that ends what a call of `verb` has begun. */
export function stopFor({ cls, stop }: EngineRecord, self: object, verb: string): string {
  if (cls === null) return stop
  let known = cls.stops?.get(verb)
  if (known === undefined) {
    known = stopAfter(verb, verbNames(self)) ?? stop
    cls.stops ??= new Map()
    cls.stops.set(verb, known)
  }
  return known
}

/** `null`: none of them stops anything. */
export function familyStop(families: Families): string | null {
  for (const [name, role] of families) if (role === 'stop') return name
  return null
}
