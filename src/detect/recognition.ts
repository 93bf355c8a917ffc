/**
 * Which engine a method was called on; and the calls on what is taken for no engine, which cost a tenth of the others (see
 * `core/light-work.ts`).
 */
import type { EngineClass, EngineRecord } from '../core/engine-record.ts'
import { currentLightWork, hasLightClasses, type LightWork } from '../core/light-work.ts'
import { applyLight, contextEngine } from '../core/ownership.ts'
import { isPromise } from '../core/promise-state.ts'
import { stampOfFew, unstamp } from '../core/stamps.ts'
import type { AnyFunction } from './wrap.ts'

/** How the engine is found that a method was called on. */
export interface Recognition {
  /** Finds or makes its record; `null`: it is none. */
  record(self: object): EngineRecord | null
  /** Its class, where that is taken for no engine. */
  lightClass?(self: object): EngineClass | null
}

/** What `passes` has just found for the call that follows it at once; asking costs as much as all else that is light. */
let found: EngineClass | null = null
let foundFor: unknown = null

/** Whether `self` is taken for no engine: then the call goes on to its `Around`. */
export function findsLight(recognition: Recognition | null, self: unknown): boolean {
  found = lightClassOf(recognition, self)
  foundFor = found === null ? null : self
  return found !== null
}

/** Whether `passes` has just found so. */
export function isFoundLight(self: unknown): boolean {
  return found !== null && foundFor === self
}

export function takeLightClass(recognition: Recognition | null, self: unknown): EngineClass | null {
  if (found === null || foundFor !== self) return lightClassOf(recognition, self)
  const cls = found
  found = null
  foundFor = null
  return cls
}

/** The class of `self`, where that is taken for no engine. */
export function lightClassOf(recognition: Recognition | null, self: unknown): EngineClass | null {
  if (!hasLightClasses() || recognition?.lightClass === undefined || !isObject(self)) return null
  const cls = recognition.lightClass(self)
  if (cls === null) return null
  const record = stampOfFew(self)
  if (record === undefined) return cls
  if (!isSpent(record)) return null
  unstamp(self)
  return cls
}

/** One of the engines by which its class was learned. */
function isSpent({ state, depth, origin, ignored }: EngineRecord): boolean {
  return (
    (state === 'stopped' || state === 'created') && depth === 0 && origin === 'convention' && ignored === null
  )
}

/** A method of what is taken for no engine; `verb`: its name, where that is a start. */
export function workFor(
  cls: EngineClass,
  original: AnyFunction,
  self: object,
  args: unknown[],
  verb: string | null = null,
): unknown {
  const caller = contextEngine()
  const outer = currentLightWork()
  const work: LightWork = { engine: null, start: 0, cls, self, args, verb, caller, outer }
  const result = applyLight(work, original, self, args)
  if (!cls.isAsync && isPromise(result)) cls.isAsync = true
  return result
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
