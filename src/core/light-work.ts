/**
 * Classes that look like engines and are none: a token scanner has an `open` and a `close`, and is called a million times a
 * second. A class whose engines have come to hold nothing in so many starts is light: its starts and stops are only
 * counted. Its methods still say who is at work, so that the first handle which one of them opens makes it an engine
 * again, and its class with it, for good.
 */
import { now } from './clock.ts'
import type { EngineClass, EngineRecord, Tenure } from './engine-record.ts'
import { hasListeners } from './events.ts'
import { lend } from './lending.ts'
import { parentFor } from './parent.ts'

const startsToLearn = 256
/** Engines that begin with a connection open their handle some time after they were started. */
const timeToLearnMs = 1000

/** An object of a light class, in one of its methods. */
export interface LightWork extends Tenure {
  start: number
  readonly cls: EngineClass
  readonly self: object
  readonly args: unknown[]
  /** How its method is called, where that is a start. */
  readonly verb: string | null
  /** Who called, where that is an engine; it may have handed over functions. */
  readonly caller: EngineRecord | null
  /** What was at work then, that is taken for no engine either. */
  readonly outer: LightWork | null
}

/** The innermost that is at work and has not returned yet, where no engine is further in. */
let current: LightWork | null = null

export function currentLightWork(): LightWork | null {
  return current
}

/** Whether `self` is what is at work: it calls itself. */
export function isAtWork(self: unknown): boolean {
  return current !== null && current.self === self
}

/** Something asynchronous begins: where a light method is at work, it will go on after its return. */
export function noteAsyncWork(): void {
  if (current !== null) current.cls.isAsync = true
}

/** Runs `body` as the work of `work`; `null`: of somebody else's. */
export function workLightly(
  work: LightWork | null,
  method: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
): unknown {
  const before = current
  current = work
  try {
    return Reflect.apply(method, self, args)
  } finally {
    current = before
  }
}

/** Counts a start of `cls` that came to its end; learns from it. */
export function learnStart(cls: EngineClass): void {
  if (cls.holds || cls.isLight) return
  if (cls.starts === 0) cls.startedAt = now()
  cls.starts += 1
  if (cls.starts < startsToLearn) return
  if (cls.isAsync && now() - cls.startedAt < timeToLearnMs) return
  cls.isLight = !isHeard()
  anyLight ||= cls.isLight
}

let anyLight = false

function isHeard(): boolean {
  return hasListeners('started') || hasListeners('stopped')
}

/** Whether any class has been found to be light; while somebody listens, none is. */
export function hasLightClasses(): boolean {
  return anyLight && !isHeard()
}

/** The engines that such work made, and that have not been seen to hold anything. */
const promotions = new WeakSet<EngineRecord>()

/** The engine that is at work, where what it is taken for turns out to be wrong; whether it holds something shows next. */
export function promoted(work: LightWork): EngineRecord | null {
  if (work.engine === null) {
    work.cls.isLight = false
    work.cls.starts = 0
    work.engine = work.cls.recognise(work.self)
    if (work.engine !== null) {
      // The start that is counted once it holds something.
      work.start = work.engine.starts + 1
      if (work.verb !== null) work.engine.start = work.verb
      promotions.add(work.engine)
      lend(work.engine, work.caller, work.args)
      if (work.engine.state === 'created') adopt(work.engine, work)
    }
  }
  return work.engine
}

/** It was started by what called it, which is an engine then, too. */
function adopt(engine: EngineRecord, { caller, outer }: LightWork): void {
  engine.parent = parentFor(engine, outer === null ? caller : promoted(outer))
  engine.parentStart = outer === null ? (caller?.starts ?? 0) : outer.start
}

/** Whether `record` was taken for none and holds something now: asked once, it then is to be counted as started. */
export function wasPromoted(record: EngineRecord): boolean {
  return record.state === 'created' && promotions.delete(record)
}

export function isLightWork(tenure: Tenure): tenure is LightWork {
  return 'self' in tenure
}
