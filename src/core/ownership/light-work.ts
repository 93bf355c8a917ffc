/**
 * Classes that look like engines and are none: a token scanner has an `open` and a `close`, and is called a million times a
 * second. A class whose engines have come to hold nothing in so many starts is light: its starts and stops are only
 * counted. Its methods still say who is at work, so that the first handle which one of them opens makes it an engine
 * again, and its class with it, for good.
 */

import { adopt, parentFor, presumeNone } from '../engines/life.ts'
import type { EngineClass, EngineRecord, Work } from '../records/engine-record.ts'
import { isHeard } from '../records/listeners.ts'
import { now } from '../time/clock.ts'
import { state } from './state.ts'

const startsToLearn = 256
/** Engines that begin with a connection open their handle some time after they were started. */
const timeToLearnMs = 1000

/** An object of a light class, in one of its methods. */
export interface LightWork extends Work {
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

export function currentLightWork(): LightWork | null {
  return state.working
}

/** Whether `self` is what is at work: it calls itself. */
export function isAtWork(self: unknown): boolean {
  return state.working !== null && state.working.self === self
}

/** Something asynchronous begins: where a light method is at work, it will go on after its return. */
export function noteAsyncWork(): void {
  if (state.working !== null) state.working.cls.isAsync = true
}

/** From here on this is at work; `null`: somebody else. Gives what was before. */
export function swapLightWork(work: LightWork | null): LightWork | null {
  const before = state.working
  state.working = work
  return before
}

/** Runs `body` as the work of `work`; `null`: of somebody else's. */
export function workLightly(
  work: LightWork | null,
  method: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
): unknown {
  const before = swapLightWork(work)
  try {
    return Reflect.apply(method, self, args)
  } finally {
    state.working = before
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
  state.anyLight ||= cls.isLight
}

/** Whether any class has been found to be light; while somebody listens, none is. */
export function hasLightClasses(): boolean {
  return state.anyLight && !isHeard()
}

/** The engine that is at work, where what it is taken for turns out to be wrong; whether it holds something shows next. */
export function promote(work: LightWork): EngineRecord | null {
  if (work.engine === null) {
    work.cls.isLight = false
    work.cls.starts = 0
    work.engine = work.cls.recognise(work.self)
    if (work.engine !== null) {
      // The start that is counted once it holds something.
      work.start = work.engine.starts + 1
      presumeNone(work.engine, work.verb)
      const { noteCallbacks } = require('./callbacks.js') as typeof import('./callbacks.ts')
      noteCallbacks(work.engine, work.caller, work.args)
      if (work.engine.state === 'created') adoptFrom(work.engine, work)
    }
  }
  return work.engine
}

/** It was started by what called it, which is an engine then, too. */
function adoptFrom(engine: EngineRecord, { caller, outer }: LightWork): void {
  const parent = parentFor(engine, outer === null ? caller : promote(outer))
  adopt(engine, parent, outer === null ? (caller?.starts ?? 0) : outer.start)
}

export function isLightWork(work: Work): work is LightWork {
  return 'self' in work
}
