/**
 * What happens around a start, a stop and any other method of an engine. What the program sees (value, throw,
 * rejection, their count and order) is the same as without leakwatch: an error of leakwatch's own is recorded, and
 * the call is made all the same.
 */

import { startStackDepth, stopStack } from '../../core/engines/engine-stacks.ts'
import {
  beginStart,
  beginStop,
  countLightStart,
  countLightStop,
  endStart,
  endStop,
  isStarted,
  loseStop,
  parentFor,
  type StartCall,
  startReturned,
} from '../../core/engines/life.ts'
import { engineOf } from '../../core/engines/objects.ts'
import { isCodeOf } from '../../core/engines/own-code.ts'
import { builderOnStack, mayBeConstructing } from '../../core/ownership/builders.ts'
import { noteCallbacks, ownerBehind } from '../../core/ownership/callbacks.ts'
import { isConstructing } from '../../core/ownership/construction.ts'
import { applyOwned, contextEngine, contextOwner, currentStart } from '../../core/ownership/context.ts'
import { isAtWork, learnStart } from '../../core/ownership/light-work.ts'
import { isPromise } from '../../core/promises/promise-state.ts'
import { watchPromise } from '../../core/promises/promise-watch.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { recordFault } from '../../core/self/faults.ts'
import { type CapturedStack, captureStack, takeRaw } from '../../core/stacks/captured-stack.ts'
import { isAdding, isOfItems } from '../source/verb-families.ts'
import { noteGiven, noteTakers, notingPromised } from './given-by-start.ts'
import { namedPart, type Part } from './named-verbs.ts'
import { outsideOwnConstructor, outsideOwnMethods } from './outside-constructors.ts'
import { endsMore, mayPass } from './partial-stops.ts'
import { namesAnother, noteStartedWith, type PartStop, partStop, partStopped } from './parts.ts'
import { aroundLight, isObject, type Recognition, workLightly } from './recognition.ts'
import { standInOf } from './stand-ins.ts'
import { noteStrayStop } from './stray-stops.ts'
import { stopFor } from './verbs-of.ts'
import { type AnyFunction, type Around, ownOf, type StackPlan } from './wrap.ts'

/**
 * Whether the engine runs already and this call of a start verb is no second start: `init()`, then `start()`;
 * `subscribe('a')`, then `subscribe('b')`. `given`: its first argument, of `count`.
 */
export function isFurtherCall(self: unknown, verb: string, count: number, given: unknown): boolean {
  const record = isObject(self) ? engineOf(self) : undefined
  if (record === undefined || record.depth > 0) return false
  // `start() { this.poll() }`: what its own timer calls after the stop is no start, unless that was how it was started.
  if (!isStarted(record.state))
    return record.starts > 0 && record.start !== verb && contextEngine() === record
  if (record.start !== verb) return true
  return isAdding(verb) || (count > 0 && (isOfItems(verb) || namesAnother(record, given)))
}

export function aroundStart(verb: string, recognition: Recognition): Around {
  const work = aroundWork(verb, recognition)
  const start: Around = (original, self, args, entry, plan) => {
    const named = aroundNamed(self, verb, 'start')
    if (named !== null) return named(original, self, args, entry, null)
    if (isFurtherCall(self, verb, args.length, args[0])) return work(original, self, args, entry, null)
    let call: StartCall | null = null
    try {
      if (plan !== null) call = callStart(plan as StartPlan, self as object, verb, args, entry)
    } catch (error) {
      recordFault('a start', error)
    }
    if (call === null) return Reflect.apply(original, self, args)
    let result: unknown
    try {
      result = applyOwned(call.startWork, original, self, args)
    } catch (error) {
      startEnds(call, self, null, 'failed')
      throw error
    }
    startEnds(call, self, result, 'started')
    return result
  }
  // Each generator has an end of its own: a second one is no restart.
  start.again = work
  start.light = aroundLight(recognition, (cls, original, self, args) => {
    countLightStart()
    return workLightly(cls, original, self, args, verb)
  })
  start.passes = (self) => {
    if (namedPart(self, verb, 'start') !== null) return false
    const record = engineOf(self)
    return record?.state === 'starting' && record.depth > 0
  }
  start.plan = (self, args) => {
    if (
      !isObject(self) ||
      isFurtherCall(self, verb, args.length, args[0]) ||
      namedPart(self, verb, 'start') !== null
    )
      return null
    try {
      return planStart(recognition.record(self))
    } catch (error) {
      recordFault('a start', error)
      return null
    }
  }
  return start
}

/** A start that is about to be counted. */
export interface StartPlan extends StackPlan {
  readonly record: EngineRecord
  /** In whose context. */
  readonly owner: EngineRecord | null
}

/** `null`: the object is no engine, or the call is part of a start that is under way. */
export function planStart(record: EngineRecord | null): StartPlan | null {
  if (record === null) return null
  // `super.start()`, and a start that calls itself or another start verb: one start.
  if (record.state === 'starting') {
    if (record.depth > 0) return null
    record.lookAtStart?.()
    if (record.state === 'starting' && contextEngine() === record) return null
  }
  const owner = contextOwner()
  // Whose callback it is that starts this shows further out.
  const depth = startStackDepth(record, owner !== null && owner.callbacks !== null)
  return { depth, holder: null, record, owner }
}

/** `isInside`: `entry` was called by the method itself. */
export function callStart(
  { record, owner, depth, holder }: StartPlan,
  self: object,
  verb: string,
  args: readonly unknown[],
  entry: AnyFunction,
  isInside = false,
): StartCall {
  // Where the limit is fixed, leakwatch's own frames are not to be of the few.
  const inner = isInside ? 1 : 0
  const standIn = depth > 0 ? standInOf(self, verb) : null
  const stack =
    standIn !== null
      ? captureStack(standIn, depth)
      : holder !== null
        ? takeRaw(holder, 2 * inner)
        : depth > 0
          ? captureStack(entry, depth, inner)
          : null
  // `constructor() { this.start() }`: each `new` is a place of its own.
  if (record.starts === 0 && mayBeConstructing(self))
    stack?.trim((frames) => outsideOwnConstructor(frames, self, record))
  else if (record.starts === 0)
    stack?.trim(
      (frames) => outsideOwnMethods(frames, record),
      (frame) => !isCodeOf(record, frame),
    )
  const caller = ownerBehind(owner, stack)
  const parent = parentFor(record, builderFor(record, self, caller, stack) ?? caller)
  // What a library calls back is told by its stack alone.
  if (caller !== record && record.traits === null) noteCallbacks(record, caller, args)
  if (!isStarted(record.state)) noteStartedWith(record, args[0])
  else noteTakers(record, verb, args)
  const stop = record.origin === 'convention' ? stopFor(record, self, verb) : record.stop
  return beginStart(record, self, { verb, stack, parent, parentStart: currentStart(parent), stop })
}

function startEnds(call: StartCall, self: unknown, result: unknown, outcome: 'started' | 'failed'): void {
  try {
    startReturned(call)
    if (isPromise(result)) followStart(call, self as object, result)
    else {
      if (isAgain(call)) noteGiven(call.record, self as object, result)
      finishStart(call, outcome)
    }
  } catch (error) {
    recordFault('the end of a start', error)
  }
}

/** Whose constructor starts the engine: what that is opens only later, so no handle tells. `null`: none's, or the caller's own. */
function builderFor(
  record: EngineRecord,
  self: object,
  caller: EngineRecord | null,
  stack: CapturedStack | null,
): EngineRecord | null {
  if (stack === null || record.starts > 0 || !isConstructing(record) || mayBeConstructing(self)) return null
  const builder = builderOnStack(stack, caller)
  return builder === record ? null : builder
}

/** It ran already. */
export function isAgain({ before }: StartCall): boolean {
  return isStarted(before)
}

/** Runs by it, or not: the class learns from a start that came to its end. */
export function finishStart(call: StartCall, outcome: 'started' | 'failed'): void {
  const { cls } = call.record
  if (endStart(call, outcome) && cls !== null) learnStart(cls)
}

export function followStart(call: StartCall, self: object, promise: Promise<unknown>): void {
  const { record } = call
  if (record.cls !== null) record.cls.isAsync = true
  const noteFulfilled = isAgain(call) ? notingPromised(record, self, promise) : null
  const look = watchPromise(promise, self, (state) => {
    if (record.lookAtStart === look) record.lookAtStart = null
    if (state === 'fulfilled') noteFulfilled?.()
    finishStart(call, state === 'fulfilled' ? 'started' : 'failed')
  })
  record.lookAtStart = look
}

export function aroundStop(verb: string, recognition: Recognition | null = null): Around {
  const stop: Around = (original, self, args, entry) => {
    const named = aroundNamed(self, verb, 'stop')
    if (named !== null) return named(original, self, args, entry, ownOf(named, 'plan')?.(self, args) ?? null)
    let record: EngineRecord | null = null
    let part: PartStop | null = null
    try {
      part = partStop(engineOf(self), verb, args[0], entry, 0)
      if (part === null) record = callStop(self, verb, entry)
    } catch (error) {
      recordFault('a stop', error)
    }
    if (part !== null) {
      const result = applyOwned(part.record.work, original, self, args)
      followPart(part, self as object, result)
      return result
    }
    if (record === null) return Reflect.apply(original, self, args)
    const stopping = record
    let result: unknown
    try {
      result = applyOwned(stopping.work, original, self, args)
    } catch (error) {
      stopEnds(stopping, self, null, true)
      throw error
    }
    stopEnds(stopping, self, result, false)
    return result
  }
  stop.isStop = true
  stop.light = aroundLight(recognition, (cls, original, self, args) => {
    countLightStop()
    return workLightly(cls, original, self, args)
  })
  stop.passes = (self) => {
    if (namedPart(self, verb, 'stop') !== null) return false
    const record = engineOf(self)
    return (
      record === undefined ||
      record.state === 'stopping' ||
      (record.state === 'stopped' && record.stop === verb)
    )
  }
  return stop
}

function stopEnds(stopping: EngineRecord, self: unknown, result: unknown, hasFailed: boolean): void {
  try {
    if (isPromise(result)) followStop(stopping, self as object, result)
    else endStop(stopping, hasFailed)
  } catch (error) {
    recordFault('the end of a stop', error)
  }
}

export function followStop(stopping: EngineRecord, self: object, promise: Promise<unknown>): void {
  const { stopCalledAt } = stopping
  const look = watchPromise(
    promise,
    self,
    (state) => {
      if (stopping.lookAtStop === look) stopping.lookAtStop = null
      if (stopping.stopCalledAt === stopCalledAt) endStop(stopping, state === 'rejected')
    },
    () => loseStop(stopping),
  )
  stopping.lookAtStop = look
}

/** Looks at the engine once what the call gave has settled. */
export function followPart(part: PartStop, self: object, result: unknown): void {
  try {
    if (isPromise(result)) watchPromise(result, self, () => partStopped(part))
    else partStopped(part)
  } catch (error) {
    recordFault('the end of a part', error)
  }
}

/** `isInside`: `entry` was called by the method itself. */
export function callStop(
  self: unknown,
  verb: string,
  entry: AnyFunction,
  isInside = false,
): EngineRecord | null {
  if (!isObject(self)) return null
  const record = engineOf(self)
  if (record === undefined) noteStrayStop(self, entry, isInside ? 1 : 0)
  // Stopping twice, `stop` calling `close`, and a stop before any start change nothing.
  if (record === undefined) return null
  // `queue.drain()` waits, and `queue.stop()` does not wait for it.
  if (record.state === 'stopping' && mayPass(record, verb) && contextEngine() !== record)
    endStop(record, false)
  if (record.state === 'stopping' || (record.state === 'stopped' && !endsMore(record, verb))) return null
  if (record.state === 'starting') {
    record.lookAtStart?.()
    // `start() { this.stop(); ... }` ends what came before.
    if (record.state === 'starting' && record.openedIn < record.starts && contextEngine() === record)
      return null
  }
  const standIn = standInOf(self, verb)
  beginStop(record, verb, stopStack(standIn ?? entry, record, standIn === null && isInside ? 1 : 0))
  return record
}

/** Any other method: what it makes is the engine's, on whomever's behalf. `method`: `null` where it has no name. */
export function aroundWork(method: string | null, recognition: Recognition | null = null): Around {
  const work: Around = (original, self, args, entry) => {
    const named = aroundNamed(self, method, 'work')
    if (named !== null) return named(original, self, args, entry, ownOf(named, 'plan')?.(self, args) ?? null)
    let record: EngineRecord | undefined
    let caller: EngineRecord | null = null
    try {
      record = engineOf(self)
      if (record !== undefined) {
        caller = contextEngine()
        if (caller === record || record.state === 'created') record = undefined
        else if (record.traits === null) noteCallbacks(record, caller, args)
      }
    } catch (error) {
      recordFault('a method', error)
    }
    if (record === undefined) return Reflect.apply(original, self, args)
    return applyOwned(record.work, original, self, args)
  }
  work.light = aroundLight(recognition, workLightly, isAtWork)
  work.passes = (self) => {
    if (namedPart(self, method, 'work') !== null) return false
    const record = engineOf(self)
    return record === undefined || record.state === 'created' || contextEngine() === record
  }
  return work
}

/** A record that is there, of an engine that the program named itself. */
export const known: Recognition = { record: (self) => engineOf(self) ?? null }

/** What a method does where the program named other verbs for this engine; `null`: what it usually does. */
function aroundNamed(self: unknown, method: string | null, usual: Part): Around | null {
  const part = namedPart(self, method, usual)
  if (part === null || method === null) return null
  if (part === 'start') return aroundStart(method, known)
  return part === 'stop' ? aroundStop(method) : aroundWork(method)
}

/** `const { start } = engine; start()`: a method of an object's own means the object, whatever it is called on. */
export function boundTo(object: object, around: Around): Around {
  const own: Around = (original, self, args, entry, plan) =>
    around((...given) => Reflect.apply(original, self, given), object, args, entry, plan)
  const [light, passes, plan] = [ownOf(around, 'light'), ownOf(around, 'passes'), ownOf(around, 'plan')]
  if (light !== undefined)
    own.light = {
      classOf: () => light.classOf(object),
      passes: () => light.passes?.(object) === true,
      call: (cls, original, self, args) =>
        light.call(cls, (...given) => Reflect.apply(original, self, given), object, args),
    }
  own.passes = () => passes?.(object) === true
  own.plan = (_self, args) => plan?.(object, args) ?? null
  return own
}
