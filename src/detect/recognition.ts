/**
 * Which engine a method was called on; and the calls on what is taken for no engine, which cost a tenth of the others (see
 * `core/light-work.ts`).
 */
import type { EngineClass, EngineRecord } from '../core/engine-record.ts'
import { currentLightWork, hasLightClasses, type LightWork } from '../core/light-work.ts'
import { applyLight, contextEngine } from '../core/ownership.ts'
import { isPromise } from '../core/promise-state.ts'
import { stampOfFew, unstamp } from '../core/stamps.ts'
import type { AnyFunction, LightAround } from './wrap.ts'

/** How the engine is found that a method was called on. */
export interface Recognition {
  /** Finds or makes its record; `null`: it is none. */
  record(self: object): EngineRecord | null
  /** Its class, where that is taken for no engine. */
  lightClass?(self: object): EngineClass | null
}

/** `undefined`: none of what its methods are called on is ever taken for none. */
export function aroundLight(
  recognition: Recognition | null,
  call: LightAround['call'],
  passes?: LightAround['passes'],
): LightAround | undefined {
  if (recognition?.lightClass === undefined) return undefined
  const classOf = lightClassOf.bind(null, recognition.lightClass)
  return passes === undefined ? { classOf, call } : { classOf, call, passes }
}

/** The class of `self`, where that is taken for no engine. */
function lightClassOf(lightClass: (self: object) => EngineClass | null, self: unknown): EngineClass | null {
  if (!hasLightClasses() || !isObject(self)) return null
  const cls = lightClass(self)
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
export function workLightly(
  cls: EngineClass,
  original: AnyFunction,
  self: unknown,
  args: unknown[],
  verb: string | null = null,
): unknown {
  const caller = contextEngine()
  const outer = currentLightWork()
  const work: LightWork = { engine: null, start: 0, cls, self: self as object, args, verb, caller, outer }
  const result = applyLight(work, original, self, args)
  if (!cls.isAsync && typeof result === 'object' && isPromise(result)) cls.isAsync = true
  return result
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
