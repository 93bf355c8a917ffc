/**
 * Finds the engine that a method was called on. A call on an object that is taken for no engine costs a tenth of any other (see
 * `core/ownership/light-work.ts`).
 */

import { applyLight, contextEngine } from '../../core/ownership/context.ts'
import { currentLightWork, hasLightClasses, type LightWork } from '../../core/ownership/light-work.ts'
import { isPromise } from '../../core/promises/promise-state.ts'
import type { EngineClass, EngineRecord } from '../../core/records/engine-record.ts'
import { clearRecord, recordOfFew } from '../../core/records/record-of.ts'
import type { Families } from '../source/verb-families.ts'
import type { AnyFunction, LightAround } from './wrap.ts'

/** How to find the engine that a method was called on. */
export interface Recognition {
  /** What methods do whose names are verbs with something behind them. */
  readonly families?: Families
  /** Finds or makes the record of `self`; `null`: `self` is no engine. */
  record(self: object): EngineRecord | null
  /** The class of `self`, where the class is taken for no engine. */
  lightClass?(self: object): EngineClass | null
}

/** `undefined`: each object with these methods is an engine. */
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
  return lightFor(self, lightClass(self))
}

/** `cls`, where it is taken for no engine and `self` is none by itself. */
export function lightFor(self: object, cls: EngineClass | null): EngineClass | null {
  if (cls === null) return null
  const record = recordOfFew(self)
  if (record === undefined) return cls
  if (!isSpent(record)) return null
  clearRecord(self)
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
