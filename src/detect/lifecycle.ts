/**
 * What happens around a start, a stop and any other method of an engine. What the program sees (value, throw,
 * rejection, their count and order) is the same as without leakwatch: an error of leakwatch's own is recorded, and
 * the call is made all the same.
 */
import { startStackDepth, stopStack } from '../core/budget.ts'
import type { EngineRecord, Tenure } from '../core/engine-record.ts'
import {
  countLightStart,
  countLightStop,
  engineFailed,
  engineLost,
  engineOf,
  engineStarted,
  engineStopped,
  engineStopping,
  holdAgain,
} from '../core/engines.ts'
import { emit } from '../core/events.ts'
import { recordFault } from '../core/faults.ts'
import { beneficiary, lend } from '../core/lending.ts'
import { isAtWork, learnStart } from '../core/light-work.ts'
import { applyOwned, contextEngine, contextOwner, currentStart } from '../core/ownership.ts'
import { parentFor } from '../core/parent.ts'
import { isPromise } from '../core/promise-state.ts'
import { watchPromise } from '../core/promise-watch.ts'
import { captureStack, remember } from '../core/stack.ts'
import { countStop } from '../core/start-place.ts'
import { aroundLight, isObject, type Recognition, workLightly } from './recognition.ts'
import type { AnyFunction, Around, StackPlan } from './wrap.ts'

/** Start verbs that are called for each item: of a second call with an argument nobody expects the first to be over. */
const verbsOfItems: ReadonlySet<string> = new Set(['run', 'subscribe', 'watch'])

/**
 * Whether a start verb is called on an engine that runs already, and starts it no second time: `init()`, then `start()`;
 * `subscribe('a')`, then `subscribe('b')`.
 */
function goesOn(self: unknown, verb: string, args: readonly unknown[]): boolean {
  const record = isObject(self) ? engineOf(self) : undefined
  if (record === undefined || record.depth > 0) return false
  if (record.state !== 'running' && record.state !== 'starting') return false
  return record.start !== verb || (args.length > 0 && verbsOfItems.has(verb))
}

export function aroundStart(verb: string, recognition: Recognition): Around {
  const work = aroundWork(recognition)
  const start: Around = (original, self, args, entry, plan) => {
    if (goesOn(self, verb, args)) return work(original, self, args, entry, null)
    let call: StartCall | null = null
    try {
      if (plan !== null) call = beginStart(plan as StartPlan, self as object, verb, args, entry)
    } catch (error) {
      recordFault('a start', error)
    }
    if (call === null) return Reflect.apply(original, self, args)
    let result: unknown
    try {
      result = applyOwned(call.tenure, original, self, args)
    } catch (error) {
      endStart(call, 'failed')
      throw error
    }
    if (isPromise(result)) followStart(call, self as object, result)
    else endStart(call, 'running')
    return result
  }
  start.light = aroundLight(recognition, (cls, original, self, args) => {
    countLightStart()
    return workLightly(cls, original, self, args, verb)
  })
  start.passes = (self) => {
    const record = engineOf(self)
    return record?.state === 'starting' && record.depth > 0
  }
  start.plan = (self, args) => {
    if (!isObject(self) || goesOn(self, verb, args)) return null
    try {
      return planStart(self, recognition)
    } catch (error) {
      recordFault('a start', error)
      return null
    }
  }
  return start
}

/** A start that is going to be counted. */
interface StartPlan extends StackPlan {
  readonly record: EngineRecord
  /** In whose context. */
  readonly owner: EngineRecord | null
}

/** `null`: it is none, or is part of one. */
function planStart(self: object, recognition: Recognition): StartPlan | null {
  const record = recognition.record(self)
  if (record === null) return null
  // `super.start()`, and a start that calls itself or another start verb: one start.
  if (record.state === 'starting') {
    if (record.depth > 0) return null
    record.lookAtStart?.()
    if (record.state === 'starting' && contextEngine() === record) return null
  }
  const owner = contextOwner()
  // Whose callback it is that starts this shows further out.
  const depth = startStackDepth(record, owner !== null && owner.loans !== null)
  return { depth, holder: null, record, owner }
}

interface StartCall {
  record: EngineRecord
  /** It was running before: a failing second start leaves it running. */
  before: EngineRecord['state']
  /** Its context; another start since has another. */
  tenure: Tenure
}

function beginStart(
  { record, owner, depth, holder }: StartPlan,
  self: object,
  verb: string,
  args: unknown[],
  entry: AnyFunction,
): StartCall {
  // Where the limit is fixed, leakwatch's own frames are not to be of the few.
  const stack = holder !== null ? remember(holder) : depth > 0 ? captureStack(entry, depth) : null
  const caller = beneficiary(owner, stack)
  const { state } = record
  if (state === 'stopped' || state === 'failed' || state === 'created') {
    record.parent = parentFor(record, caller)
    record.parentStart = currentStart(record.parent)
    record.start = verb
    record.started = stack
    record.place = null
    holdAgain(record, self)
  }
  if (caller !== record) lend(record, caller, args)
  engineStarted(record)
  record.state = 'starting'
  record.depth += 1
  emit('started', record)
  return { record, before: state, tenure: record.tenure }
}

function endStart(call: StartCall, outcome: 'running' | 'failed'): void {
  const { record, before, tenure } = call
  record.depth = Math.max(0, record.depth - 1)
  if (record.tenure !== tenure || record.state !== 'starting') return
  if (outcome === 'failed' && before !== 'running' && before !== 'starting') engineFailed(record)
  else {
    record.state = 'running'
    if (record.cls !== null) learnStart(record.cls)
  }
}

function followStart(call: StartCall, self: object, promise: Promise<unknown>): void {
  call.record.depth = Math.max(0, call.record.depth - 1)
  if (call.record.cls !== null) call.record.cls.isAsync = true
  const settled = { ...call }
  const look = watchPromise(promise, self, (state) => {
    if (call.record.lookAtStart === look) call.record.lookAtStart = null
    settled.record.depth += 1
    endStart(settled, state === 'fulfilled' ? 'running' : 'failed')
  })
  call.record.lookAtStart = look
}

export function aroundStop(verb: string, recognition: Recognition | null = null): Around {
  const stop: Around = (original, self, args, entry) => {
    let record: EngineRecord | null = null
    try {
      record = beginStop(self, verb, entry)
    } catch (error) {
      recordFault('a stop', error)
    }
    if (record === null) return Reflect.apply(original, self, args)
    const stopping = record
    let result: unknown
    try {
      result = applyOwned(stopping.work, original, self, args)
    } catch (error) {
      endStop(stopping, true)
      throw error
    }
    if (isPromise(result)) {
      const { stopCalledAt } = stopping
      const look = watchPromise(
        result,
        self as object,
        (state) => {
          if (stopping.lookAtStop === look) stopping.lookAtStop = null
          if (stopping.stopCalledAt === stopCalledAt) endStop(stopping, state === 'rejected')
        },
        () => loseStop(stopping),
      )
      stopping.lookAtStop = look
    } else endStop(stopping, false)
    return result
  }
  stop.light = aroundLight(recognition, (cls, original, self, args) => {
    countLightStop()
    return workLightly(cls, original, self, args)
  })
  stop.passes = (self) => {
    const state = engineOf(self)?.state
    return state === undefined || state === 'stopped' || state === 'stopping'
  }
  return stop
}

function beginStop(self: unknown, verb: string, entry: AnyFunction): EngineRecord | null {
  if (!isObject(self)) return null
  const record = engineOf(self)
  // Stopping twice, `stop` calling `close`, and a stop before any start change nothing.
  if (record === undefined || record.state === 'stopped' || record.state === 'stopping') return null
  if (record.state === 'starting') record.lookAtStart?.()
  engineStopping(record, verb, stopStack(entry, record))
  return record
}

function endStop(record: EngineRecord, failed: boolean): void {
  if (record.state !== 'stopping') return
  record.stopFailed = failed
  countStop(record)
  engineStopped(record)
  emit('stopped', record)
}

function loseStop(record: EngineRecord): void {
  if (record.state !== 'stopping') return
  countStop(record)
  engineLost(record)
}

/** Any other method: what it makes is the engine's, on whomever's behalf. */
export function aroundWork(recognition: Recognition | null = null): Around {
  const work: Around = (original, self, args) => {
    let record: EngineRecord | undefined
    let caller: EngineRecord | null = null
    try {
      record = engineOf(self)
      if (record !== undefined) {
        caller = contextEngine()
        if (caller === record || record.state === 'created') record = undefined
        else lend(record, caller, args)
      }
    } catch (error) {
      recordFault('a method', error)
    }
    if (record === undefined) return Reflect.apply(original, self, args)
    return applyOwned(record.work, original, self, args)
  }
  work.light = aroundLight(recognition, workLightly, isAtWork)
  work.passes = (self) => {
    const record = engineOf(self)
    return record === undefined || record.state === 'created' || contextEngine() === record
  }
  return work
}

/** `const { start } = engine; start()`: a method of an object's own means the object, whatever it is called on. */
export function meaning(object: object, around: Around): Around {
  const own: Around = (original, self, args, entry, plan) =>
    around((...given) => Reflect.apply(original, self, given), object, args, entry, plan)
  const { light } = around
  if (light !== undefined)
    own.light = {
      classOf: () => light.classOf(object),
      passes: () => light.passes?.(object) === true,
      call: (cls, original, self, args) =>
        light.call(cls, (...given) => Reflect.apply(original, self, given), object, args),
    }
  own.passes = () => around.passes?.(object) === true
  own.plan = (_self, args) => around.plan?.(object, args) ?? null
  return own
}
