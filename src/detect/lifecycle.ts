/**
 * What happens around a start, a stop and any other method of an engine. What the program sees (value, throw,
 * rejection, their count and order) is the same as without leakwatch: an error of leakwatch's own is recorded, and
 * the call is made all the same.
 */
import { engineStack } from '../core/budget.ts'
import type { EngineRecord, Tenure } from '../core/engine-record.ts'
import { engineFailed, engineOf, engineStarted, engineStopped, engineStopping } from '../core/engines.ts'
import { emit } from '../core/events.ts'
import { recordFault } from '../core/faults.ts'
import { beneficiary, lend } from '../core/lending.ts'
import { applyOwned, contextOwner, currentStart } from '../core/ownership.ts'
import { isPromise, watchPromise } from '../core/promise-state.ts'
import { countStop } from '../core/start-place.ts'
import { parentFor } from './parent.ts'
import type { Around } from './wrap.ts'

const startDepth = 32
const stopDepth = 16

/** Whether the start that an engine is in has ended; of this engine's promise alone, as thousands may be starting. */
const lookAtStart = new WeakMap<EngineRecord, () => void>()

/** Finds or makes the record of the engine that a method was called on; `null`: it is none. */
export type Recognise = (self: object) => EngineRecord | null

export function aroundStart(verb: string, recognise: Recognise): Around {
  const start: Around = (original, self, args) => {
    let call: StartCall | null = null
    try {
      call = beginStart(self, verb, args, recognise)
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
  start.passes = (self) => {
    const record = engineOf(self as object)
    return record?.state === 'starting' && record.depth > 0
  }
  return start
}

interface StartCall {
  record: EngineRecord
  /** It was running before: a failing second start leaves it running. */
  before: EngineRecord['state']
  /** Its context; another start since has another. */
  tenure: Tenure
}

function beginStart(self: unknown, verb: string, args: unknown[], recognise: Recognise): StartCall | null {
  if (!isObject(self)) return null
  const record = recognise(self)
  if (record === null) return null
  // `super.start()`, and a start that calls itself or another start verb: one start.
  if (record.state === 'starting') {
    if (record.depth > 0) return null
    lookAtStart.get(record)?.()
    if (record.state === 'starting' && contextOwner() === record) return null
  }
  const stack = engineStack(beginStart, startDepth)
  const caller = beneficiary(contextOwner(), stack)
  const { state } = record
  if (state === 'stopped' || state === 'failed' || state === 'created') {
    record.parent = parentFor(record, caller)
    record.parentStart = currentStart(record.parent)
    record.start = verb
    record.started?.drop()
    record.started = stack
    record.place = null
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
  if (outcome === 'running' || before === 'running' || before === 'starting') record.state = 'running'
  else engineFailed(record)
}

function followStart(call: StartCall, self: object, promise: Promise<unknown>): void {
  call.record.depth = Math.max(0, call.record.depth - 1)
  const settled = { ...call }
  const look = watchPromise(promise, self, (state) => {
    settled.record.depth += 1
    endStart(settled, state === 'fulfilled' ? 'running' : 'failed')
  })
  lookAtStart.set(call.record, look)
}

export function aroundStop(verb: string): Around {
  const stop: Around = (original, self, args) => {
    let record: EngineRecord | null = null
    try {
      record = beginStop(self, verb)
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
      watchPromise(result, self as object, (state) => {
        if (stopping.stopCalledAt === stopCalledAt) endStop(stopping, state === 'rejected')
      })
    } else endStop(stopping, false)
    return result
  }
  stop.passes = (self) => {
    const state = engineOf(self as object)?.state
    return state === undefined || state === 'stopped' || state === 'stopping'
  }
  return stop
}

function beginStop(self: unknown, verb: string): EngineRecord | null {
  if (!isObject(self)) return null
  const record = engineOf(self)
  // Stopping twice, `stop` calling `close`, and a stop before any start change nothing.
  if (record === undefined || record.state === 'stopped' || record.state === 'stopping') return null
  if (record.state === 'starting') lookAtStart.get(record)?.()
  engineStopping(record, verb, engineStack(beginStop, stopDepth))
  return record
}

function endStop(record: EngineRecord, failed: boolean): void {
  if (record.state !== 'stopping') return
  record.stopFailed = failed
  countStop(record)
  engineStopped(record)
  emit('stopped', record)
}

/** Any other method: what it makes is the engine's, on whomever's behalf. */
export function aroundWork(): Around {
  const work: Around = (original, self, args) => {
    let record: EngineRecord | undefined
    let caller: EngineRecord | null = null
    try {
      record = isObject(self) ? engineOf(self) : undefined
      if (record !== undefined) {
        caller = contextOwner()
        if (caller === record || record.state === 'created') record = undefined
        else lend(record, caller, args)
      }
    } catch (error) {
      recordFault('a method', error)
    }
    if (record === undefined) return Reflect.apply(original, self, args)
    return applyOwned(record.work, original, self, args)
  }
  work.passes = (self) => {
    const record = engineOf(self as object)
    return record === undefined || record.state === 'created' || contextOwner() === record
  }
  return work
}

/** `const { start } = engine; start()`: a method of an object's own means the object, whatever it is called on. */
export function meaning(object: object, around: Around): Around {
  const own: Around = (original, self, args) =>
    around((...given) => Reflect.apply(original, self, given), object, args)
  own.passes = () => around.passes?.(object) === true
  return own
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
