/**
 * What a method tells of its calls by the code that was put into it (see `source/inside.ts`): that it begins, that it waits, and
 * that it has ended. What it returns or throws does not come by here. An error of leakwatch's own is recorded; the call is then not seen.
 */

import { waitStack } from '../../core/engines/engine-stacks.ts'
import {
  countLightStart,
  countLightStop,
  endStop,
  loseStop,
  type StartCall,
  startReturned,
} from '../../core/engines/life.ts'
import { engineOf } from '../../core/engines/objects.ts'
import { noteCallbacks } from '../../core/ownership/callbacks.ts'
import {
  type Before,
  contextEngine,
  enterWork,
  isWorkingFor,
  resumeWork,
} from '../../core/ownership/context.ts'
import {
  currentLightWork,
  hasLightClasses,
  isAtWork,
  type LightWork,
  learnStart,
  swapLightWork,
} from '../../core/ownership/light-work.ts'
import { isPromise } from '../../core/promises/promise-state.ts'
import { callEnded, type WatchedCall, watchCall } from '../../core/promises/promise-watch.ts'
import type { EngineClass, EngineRecord, Work } from '../../core/records/engine-record.ts'
import { recordFault } from '../../core/self/faults.ts'
import { StackHolder, unlimitStacks } from '../../core/stacks/captured-stack.ts'
import { endsWhat } from '../source/verb-families.ts'
import {
  callStart,
  callStop,
  finishStart,
  followPart,
  followStart,
  followStop,
  isAgain,
  isFurtherCall,
  planStart,
} from './around.ts'
import { lightClassAt, recognise, roleAt } from './classes.ts'
import { noteGiven } from './given-by-start.ts'
import { isTelling } from './methods.ts'
import { namedPart } from './named-verbs.ts'
import { type PartStop, partStop } from './parts.ts'
import { isObject, lightFor } from './recognition.ts'
import { wantsStack } from './wrap.ts'

const { types } = process.getBuiltinModule('node:util')

/** What the method's variable holds: `k` is 0 where there is nothing to tell, 2 for a `LightCall`; `v` what the method returns. */
interface Token {
  v: unknown
  readonly k: 0 | 1 | 2
}

/** Of every call that there is nothing to tell of. */
export const idle: Token = { v: undefined, k: 0 }

/** Nothing was returned: the method has thrown. */
const nothing = Symbol('nothing')

/** A call that is under way. */
class Call implements Token {
  v: unknown = nothing
  readonly k = 1
  readonly self: object
  /** `null`: it is no start. */
  start: StartCall | null = null
  /** `null`: it is no stop. */
  stopping: EngineRecord | null = null
  /** `null`: it is no stop that names a part. */
  part: PartStop | null = null
  /** In which of its engine's starts it began: a stop of another life ends that one. */
  readonly starts: number
  /** What it works for, and what the async context said before. */
  readonly work: Work
  readonly before: Before
  readonly outer: LightWork | null
  /** It has waited: its caller goes on. */
  hasWaited = false
  /** As a stop that waits. */
  watched: WatchedCall | null = null

  constructor(self: object, work: Work) {
    this.self = self
    this.work = work
    this.starts = work.engine?.starts ?? 0
    this.before = enterWork(work)
    this.outer = currentLightWork() === null ? null : swapLightWork(null)
  }
}

/** A call of what is taken for no engine. Programs make a million a second, so it is its work itself. */
class LightCall implements Token, LightWork {
  v: unknown = undefined
  readonly k = 2
  engine: EngineRecord | null = null
  start = 0
  readonly cls: EngineClass
  readonly self: object
  readonly args: unknown[]
  readonly verb: string | null
  readonly caller: EngineRecord | null
  readonly outer: LightWork | null
  readonly isEntered: boolean
  readonly before: Before
  hasWaited = false

  constructor(cls: EngineClass, self: object, args: Args, verb: string | null) {
    this.cls = cls
    this.self = self
    this.args = args as unknown[]
    this.verb = verb
    this.caller = contextEngine()
    this.outer = swapLightWork(this)
    this.isEntered = cls.isAsync
    this.before = this.isEntered ? enterWork(this) : undefined
  }
}

type Args = readonly unknown[]

/** A start begins. `id`: where the method stands; `count`: of arguments, where that says whether it is a further start. */
function s(self: unknown, verb: string, id: number, count: number, ...args: unknown[]): Token {
  try {
    const part = namedPart(self, verb, 'start')
    if (part !== null) return part === 'stop' ? stopBegins(self, verb, s) : workBegins(self, args)
    if (!isObject(self)) return idle
    const light = hasLightClasses() ? lightFor(self, lightClassAt(self, id)) : null
    if (light !== null) {
      countLightStart()
      return new LightCall(light, self, args, verb)
    }
    const known = engineOf(self)
    if (known?.state === 'starting' && known.depth > 0) return idle
    if (known !== undefined && isFurtherCall(self, verb, count, args[0])) return furtherBegins(self, args)
    const plan = planStart(known ?? recognise(self, id))
    if (plan === null) return idle
    // This frame and the method's own are not wanted.
    if (wantsStack(plan, 2)) {
      plan.holder = new StackHolder()
      unlimitStacks()
    }
    // Where the limit is fixed, they are not to be of the few.
    const method = plan.depth > 0 && plan.holder === null ? tellingMethod(self, verb) : null
    const isInside = method === null
    const start = callStart(plan, self, verb, args, method ?? (s as () => unknown), isInside)
    // The first name may be one of an object's that was taken apart.
    if (count === 0) start.record.startedWith = null
    return startBegins(start, self)
  } catch (error) {
    return failed('a start', error)
  }
}

/** A method begins whose name is a verb with something behind it: what else its class has tells what it does. */
function g(self: unknown, verb: string, id: number, count: number, ...args: unknown[]): Token {
  try {
    const role = namedPart(self, verb, 'work') === null ? roleAt(self, id, verb) : null
    if (role === 'stop' && endsWhat(engineOf(self)?.start ?? '', verb)) return e(self, verb, id, ...args)
    if (role !== 'start') return w(self, verb, id, ...args)
    const isLight = hasLightClasses() && lightFor(self as object, lightClassAt(self as object, id)) !== null
    if (isLight) return s(self, verb, id, count, ...args)
    if (isFurtherCall(self, verb, count, args[0])) return furtherBegins(self, args)
    // The frame of a call of `s` would be one more than a start of its own captures.
    const plan = planStart(engineOf(self) ?? recognise(self as object, id))
    if (plan === null) return idle
    return startBegins(callStart(plan, self as object, verb, args, g as () => unknown, true), self as object)
  } catch (error) {
    return failed('a start', error)
  }
}

/** The method that has just been called, as far as it can be found. */
function tellingMethod(self: object, verb: string): (() => unknown) | null {
  for (let each: object | null = self; each !== null && !types.isProxy(each); ) {
    const value: unknown = Object.getOwnPropertyDescriptor(each, verb)?.value
    if (isTelling(value)) return value as () => unknown
    each = Object.getPrototypeOf(each)
  }
  return null
}

function startBegins(start: StartCall, self: object): Token {
  const call = new Call(self, start.startWork)
  call.start = start
  return call
}

/** A stop begins. */
function e(self: unknown, verb: string, id: number, ...args: unknown[]): Token {
  try {
    const part = namedPart(self, verb, 'stop')
    if (part === 'start') return namedStart(self, verb, args, e)
    if (part === 'work') return workBegins(self, args)
    const light = hasLightClasses() && isObject(self) ? lightFor(self, lightClassAt(self, id)) : null
    if (light !== null) {
      countLightStop()
      return new LightCall(light, self as object, args, null)
    }
    const stopped = partStop(engineOf(self), verb, args[0], e as () => unknown, 1)
    return stopped === null ? stopBegins(self, verb, e) : partBegins(stopped, self as object)
  } catch (error) {
    return failed('a stop', error)
  }
}

/** The stop of a part, or of the whole. */
function partBegins(part: PartStop, self: object): Token {
  const call = new Call(self, part.record.work)
  call.part = part
  return call
}

function stopBegins(self: unknown, verb: string, entry: (...args: never[]) => unknown): Token {
  const record = callStop(self, verb, entry as () => unknown, true)
  if (record === null) return idle
  const call = new Call(self as object, record.work)
  call.stopping = record
  return call
}

/** Any other method begins: what it makes is the engine's, on whomever's behalf. */
function w(self: unknown, method: string, id: number, ...args: unknown[]): Token {
  try {
    const part = namedPart(self, method, 'work')
    if (part === 'start') return namedStart(self, method, args, w)
    if (part === 'stop') return stopBegins(self, method, w)
    if (hasLightClasses() && isObject(self)) {
      const light = lightFor(self, lightClassAt(self, id))
      if (light !== null) return isAtWork(self) ? idle : new LightCall(light, self, args, null)
    }
    return workBegins(self, args)
  } catch (error) {
    return failed('a method', error)
  }
}

function workBegins(self: unknown, args: Args): Token {
  const record = engineOf(self)
  if (record === undefined || record.state === 'created') return idle
  const caller = contextEngine()
  if (caller === record) return idle
  noteCallbacks(record, caller, withoutRest(args))
  return new Call(self as object, record.work)
}

/** One more is added to what runs: a writer's `openTag` may be called a million times, and its class never hold anything. */
function furtherBegins(self: unknown, args: Args): Token {
  const cls = engineOf(self)?.cls ?? null
  if (cls !== null) learnStart(cls)
  return workBegins(self, args)
}

/** Of an engine for which the program named other verbs. */
function namedStart(self: unknown, verb: string, args: Args, entry: (...args: never[]) => unknown): Token {
  const record = engineOf(self)
  if (record === undefined || isFurtherCall(self, verb, args.length, args[0])) return workBegins(self, args)
  const plan = planStart(record)
  if (plan === null) return idle
  return startBegins(
    callStart(plan, self as object, verb, args, entry as () => unknown, true),
    self as object,
  )
}

/** Before an `await`; before the first the caller goes on. */
function a(call: Call | LightCall): void {
  if (call.k === 1 && call.stopping !== null) call.stopping.waitsIn = waitStack(a, call.stopping)
  if (call.hasWaited) return
  try {
    leave(call)
    call.hasWaited = true
    if (call.k === 1) waits(call)
    else call.cls.isAsync = true
  } catch (error) {
    recordFault('an await', error)
  }
}

function waits(call: Call): void {
  const { start, stopping } = call
  if (stopping !== null) call.watched = watchCall(call, stopping, loseStop)
  if (start !== null) startReturned(start)
  if (start?.record.cls) start.record.cls.isAsync = true
}

/** After an `await`. */
function b(call: Call | LightCall): void {
  try {
    if (call.k === 1) goesOn(call)
    if (!call.hasWaited || (call.k === 2 && !call.isEntered)) return
    const work = call.k === 1 ? call.work : call
    if (!isWorkingFor(work)) enterWork(work)
  } catch (error) {
    recordFault('an await', error)
  }
}

/** Most stops wait so briefly that nobody has asked where. */
function goesOn({ stopping }: Call): void {
  if (stopping === null) return
  stopping.waitsIn?.drop()
  stopping.waitsIn = null
}

function leave(call: Call | LightCall): void {
  if (call.k === 2) {
    if (call.isEntered) resumeWork(call.before)
    swapLightWork(call.outer)
    return
  }
  resumeWork(call.before)
  if (call.outer !== null) swapLightWork(call.outer)
}

/** A method has ended. */
function z(call: Call | LightCall): void {
  if (call.k === 1) end(call, false)
  else endLightly(call, false)
}

/** An async one has. */
function y(call: Call | LightCall): void {
  if (call.k === 1) end(call, true)
  else endLightly(call, true)
}

function endLightly(call: LightCall, isAsync: boolean): void {
  const { v: value } = call
  call.v = undefined
  try {
    if (!call.hasWaited) leave(call)
    if (isAsync || (typeof value === 'object' && isPromise(value))) call.cls.isAsync = true
  } catch (error) {
    recordFault('the end of a method', error)
  }
}

function end(call: Call, isAsync: boolean): void {
  const { v: value, start, stopping, self } = call
  try {
    if (call.watched !== null) callEnded(call.watched, call)
    if (!call.hasWaited) {
      leave(call)
      if (start !== null) startReturned(start)
    }
    const isPending = typeof value === 'object' && isPromise(value)
    if (start !== null) {
      if (isAsync && start.record.cls !== null) start.record.cls.isAsync = true
      if (isPending) followStart(start, self, value)
      else {
        if (isAgain(start)) noteGiven(start.record, self, value)
        finishStart(start, value === nothing ? 'failed' : 'started')
      }
    }
    if (call.part !== null) followPart(call.part, self, value)
    if (stopping === null || stopping.starts !== call.starts) return
    if (isPending) followStop(stopping, self, value)
    else endStop(stopping, value === nothing)
  } catch (error) {
    recordFault('the end of a method', error)
  }
}

function failed(where: string, error: unknown): Token {
  recordFault(where, error)
  return idle
}

/** A rest parameter comes as the list that it is. */
function withoutRest(args: Args): Args {
  return args.some(Array.isArray)
    ? args.flatMap((arg) => (Array.isArray(arg) ? arg.slice(0, 8) : [arg]))
    : args
}

/** The functions that the code inside methods names by a letter. */
export const inside: Readonly<Record<string, (...args: never[]) => unknown>> = { s, e, w, g, a, b, z, y }
