/** The classes and ES5 constructors of the program's own code that have lifecycle verbs. */

import { EventEmitter } from 'node:events'
import { briefDepth } from '../core/budget.ts'
import type { EngineClass, EngineRecord, SourceRange } from '../core/engine-record.ts'
import { engineOf, recordEngine } from '../core/engines.ts'
import type { CapturedStack } from '../core/stack.ts'
import { aroundStart, aroundStop, aroundWork } from './lifecycle.ts'
import type { Recognition } from './recognition.ts'
import { isStartVerb, isStopVerb, startVerbs, stopSymbols, stopVerbs, verbName } from './verbs.ts'
import { frozenClasses, wrapProperty } from './wrap.ts'

const { types } = process.getBuiltinModule('node:util')

function engineClass(source: SourceRange, recognise: EngineClass['recognise']): EngineClass {
  return {
    name: source.name,
    source,
    instances: 0,
    recognise,
    starts: 0,
    startedAt: 0,
    holds: false,
    isLight: false,
    isAsync: false,
    isQuiet: false,
    ctor: null,
    depth: briefDepth,
  }
}

/** One for each place in the source, however often a factory makes an object there. */
const literals = new Map<string, EngineClass>()

/** Of an object literal. */
export function literalClass(name: string, file: string, line: number, endLine: number): EngineClass {
  const key = `${file}:${line}:${endLine}:${name}`
  let cls = literals.get(key)
  if (cls === undefined) {
    cls = engineClass({ name, file, line, endLine }, (self) => recogniseLiteral(self, cls as EngineClass))
    literals.set(key, cls)
  }
  return cls
}

function recogniseLiteral(self: object, cls: EngineClass): EngineRecord | null {
  const stop = ownStop(self)
  return engineOf(self) ?? (stop === null ? null : makeRecord(self, cls, [cls.source], stop))
}

/** What a prototype chain of the program's own classes amounts to. */
export interface Lifecycle {
  cls: EngineClass
  /** Its own and those of the classes that it extends. */
  sources: readonly SourceRange[]
  start: string | null
  stop: string | null
  /** Making an instance opens nothing. */
  isQuiet: boolean
}

const classes = new WeakMap<object, EngineClass>()
let lifecycles = new WeakMap<object, Lifecycle | null>()
const creations = new WeakMap<object, CapturedStack | null>()

/** Remembers where an instance was made; `null`: not captured. */
export function noteCreation(instance: object, created: CapturedStack | null): void {
  creations.set(instance, created)
}

export function isNoted(instance: object): boolean {
  return creations.has(instance)
}

/** A class, from its static block, or an ES5 constructor. */
export function registerClass(
  ctor: abstract new (...args: never[]) => object,
  name: string,
  file: string,
  line: number,
  endLine: number,
  isQuiet = false,
): void {
  const { prototype } = ctor
  if (typeof prototype !== 'object' || prototype === null) return
  const known = classes.get(prototype)
  if (known !== undefined) {
    // Its first instance came before its own static block.
    if (name !== '') known.name = name
    known.isQuiet = isQuiet && !hasSetter(prototype)
    if (file !== '') Object.assign(known.source, { name: known.name, file, line, endLine })
    return
  }
  const ownName = name === '' ? className(ctor) : name
  const cls = engineClass({ name: ownName, file, line, endLine }, (self) => recogniseAs(self, cls))
  cls.ctor = ctor
  cls.isQuiet = isQuiet && !hasSetter(prototype)
  cls.isAsync = laterWork.test(Reflect.apply(textOf, ctor, []))
  classes.set(prototype, cls)
  lifecycles = new WeakMap()
  if (Object.getPrototypeOf(ctor) !== Function.prototype && !hasVerb(prototype)) return
  wrapMethods(prototype, cls)
}

const { toString: textOf } = Function.prototype

/** Words of code that goes on after it has returned. */
const laterWork =
  /\b(?:async|await|then|Promise|callback|cb|nextTick|queueMicrotask|setImmediate|setTimeout|setInterval)\b|\.on(?:ce)?\(/

/** Bases that run no code of the program's and open nothing. */
const quietBases: ReadonlySet<object> = new Set([Object.prototype, EventEmitter.prototype])

function hasSetter(prototype: object): boolean {
  return Object.values(Object.getOwnPropertyDescriptors(prototype)).some(({ set }) => set !== undefined)
}

function className(ctor: object): string {
  const name = Object.getOwnPropertyDescriptor(ctor, 'name')?.value
  return typeof name === 'string' && name !== '' ? name : 'anonymous class'
}

function hasVerb(prototype: object): boolean {
  const lifecycle = lifecycleOf(prototype)
  return lifecycle !== null && (lifecycle.start !== null || lifecycle.stop !== null)
}

/** Wraps the verbs and the other methods that `holder` has itself. */
function wrapMethods(holder: object, cls: EngineClass): void {
  const recognition: Recognition = {
    record: cls.recognise,
    lightClass: (self) => lightClassOf(self, holder, cls),
  }
  let refused = false
  for (const key of Reflect.ownKeys(holder)) {
    if (key === 'constructor') continue
    const name = verbName(key)
    const around =
      name !== null && isStartVerb(name)
        ? aroundStart(name, recognition)
        : name !== null && isStopVerb(name)
          ? aroundStop(name, recognition)
          : aroundWork(recognition)
    const wrapped = wrapProperty(holder, key, around)
    refused ||= wrapped === null && Object.getOwnPropertyDescriptor(holder, key)?.configurable === false
  }
  if (refused) frozenClasses.add(cls.name)
}

/** The class of an instance, where it is taken for no engine. */
function lightClassOf(self: object, holder: object, home: EngineClass): EngineClass | null {
  if (types.isProxy(self)) return null
  const prototype = Object.getPrototypeOf(self)
  const cls = prototype === holder ? home : prototype === null ? undefined : lifecycles.get(prototype)?.cls
  return cls?.isLight === true ? cls : null
}

/** What the classes from `prototype` up amount to; `null` where none is registered. */
export function lifecycleOf(prototype: object): Lifecycle | null {
  const cached = lifecycles.get(prototype)
  if (cached !== undefined) return cached
  let start: string | null = null
  let stop: string | null = null
  let isQuiet = true
  const own: EngineClass[] = []
  for (let each: object | null = prototype; each !== null; each = Object.getPrototypeOf(each)) {
    const known = classes.get(each)
    isQuiet &&= known === undefined ? quietBases.has(each) : known.isQuiet
    if (known === undefined) continue
    own.push(known)
    start ??= ownVerb(each, startVerbs)
    stop ??= ownStop(each)
  }
  const [cls] = own
  const lifecycle =
    cls === undefined ? null : { cls, sources: own.map(({ source }) => source), start, stop, isQuiet }
  lifecycles.set(prototype, lifecycle)
  return lifecycle
}

/** The first of `verbs` that `holder` itself has as a method. */
export function ownVerb(holder: object, verbs: readonly (string | symbol)[]): string | null {
  const verb = verbs.find(
    (each) => typeof Object.getOwnPropertyDescriptor(holder, each)?.value === 'function',
  )
  return verb === undefined ? null : verbName(verb)
}

export function ownStop(holder: object): string | null {
  return ownVerb(holder, stopVerbs) ?? ownVerb(holder, stopSymbols)
}

/** The record of an instance that was started; made now where this is its first start. `null`: it cannot be stopped. */
export function recogniseAs(self: object, home: EngineClass): EngineRecord | null {
  const known = engineOf(self)
  if (known !== undefined) return known
  // A trap of the program's own is not for us to call: a proxied engine is what its method's class says.
  if (types.isProxy(self)) return makeRecord(self, home, [home.source], 'stop')
  const prototype = Object.getPrototypeOf(self)
  const lifecycle = prototype === null ? null : lifecycleOf(prototype)
  if (lifecycle === null) return null
  const stop = lifecycle.stop ?? ownStop(self)
  return stop === null ? null : makeRecord(self, lifecycle.cls, lifecycle.sources, stop)
}

export function makeRecord(
  self: object,
  cls: EngineClass,
  sources: readonly SourceRange[],
  stop: string,
): EngineRecord {
  return recordEngine(self, {
    name: cls.name,
    cls,
    origin: 'convention',
    stop,
    sources,
    created: creations.get(self) ?? null,
  })
}
