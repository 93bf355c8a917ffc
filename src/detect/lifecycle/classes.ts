/** The classes and ES5 constructors of the program's own code that have lifecycle verbs. */

import { EventEmitter } from 'node:events'
import { briefDepth } from '../../core/engines/engine-stacks.ts'
import { engineOf } from '../../core/engines/objects.ts'
import { recordEngine } from '../../core/engines/record-engine.ts'
import type { EngineClass, EngineRecord, SourceRange } from '../../core/records/engine-record.ts'
import { insertedText } from '../../core/self/written-text.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { beginYoungPeriod, doFirst } from '../../core/time/young-period.ts'
import { type Families, familiesAmong, mayBeVerb, noFamilies, type Role } from '../source/verb-families.ts'
import { mayEnd, passingVerbs, startVerbs, stopSymbols, stopVerbs, verbName } from '../source/verbs.ts'
import { keysOf, noteTelling, wrapMethods } from './methods.ts'
import { type Home, state } from './state.ts'
import { familyStop, textOfMethod, verbNames } from './verbs-of.ts'

const { types } = process.getBuiltinModule('node:util')

function engineClass(source: SourceRange, recognise: EngineClass['recognise']): EngineClass {
  return {
    name: source.name,
    source,
    instances: 0,
    recognise,
    starts: 0,
    startedAt: 0,
    unread: 0,
    holds: false,
    isLight: false,
    isAsync: false,
    isQuiet: false,
    ctor: null,
    depth: briefDepth,
    strayStop: null,
    families: noFamilies,
    passingStops: passingVerbs,
    stops: null,
  }
}

/** Of an object literal. */
export function literalClass(name: string, file: string, line: number, endLine: number): EngineClass {
  const key = `${file}:${line}:${endLine}:${name}`
  let cls = state.literals.get(key)
  if (cls === undefined) {
    cls = engineClass({ name, file, line, endLine }, (self) => recordOfLiteral(self, cls as EngineClass))
    state.literals.set(key, cls)
  }
  return cls
}

function recordOfLiteral(self: object, cls: EngineClass): EngineRecord | null {
  const stop = types.isProxy(self) ? 'stop' : (stopOf(self) ?? familyStop(cls.families))
  return engineOf(self) ?? (stop === null ? null : makeRecord(self, cls, [cls.source], stop))
}

/** Its own, or one of an object that it was made of. */
function stopOf(self: object): string | null {
  for (
    let each: object | null = self;
    each !== null && !types.isProxy(each);
    each = Object.getPrototypeOf(each)
  ) {
    const stop = ownStop(each)
    if (stop !== null) return stop
  }
  return null
}

/**
 * What a prototype chain of the program's own classes amounts to. A class, not a literal: those share V8's maps, and one that is deprecated for another's
 * sake keeps what reads this from being optimised.
 */
export class Lifecycle {
  readonly cls: EngineClass
  /** Where the class stands, and the classes that it extends. */
  readonly sources: readonly SourceRange[]
  /** A start verb by itself. */
  readonly start: string | null
  readonly stop: string | null
  readonly families: Families
  /** Making an instance opens nothing. */
  readonly isQuiet: boolean
  /** How many starts found no stop, neither in the class nor in the instance. */
  startsWithoutStop = 0

  constructor(
    cls: EngineClass,
    sources: readonly SourceRange[],
    verbs: { start: string | null; stop: string | null; families: Families },
    isQuiet: boolean,
  ) {
    this.cls = cls
    this.sources = sources
    this.start = verbs.start
    this.stop = verbs.stop
    this.families = verbs.families
    this.isQuiet = isQuiet
  }
}

/** Remembers where an instance was made; `null`: not captured. */
export function noteCreation(instance: object, created: CapturedStack | null): void {
  state.creations.set(instance, created)
}

export function hasCreation(instance: object): boolean {
  return state.creations.has(instance)
}

/** A class, from its static block, or an ES5 constructor. `telling`: keys of methods that tell of their calls by `id`. */
export function registerClass(
  ctor: abstract new (...args: never[]) => object,
  name: string,
  file: string,
  line: number,
  endLine: number,
  isQuiet = false,
  id?: number,
  telling = '',
): void {
  const { prototype } = ctor
  if (typeof prototype !== 'object' || prototype === null) return
  if (id !== undefined) {
    state.homes.set(id, { prototype: new WeakRef(prototype), literal: null })
    noteTelling(prototype, keysOf(telling))
  }
  const known = state.classes.get(prototype)
  if (known !== undefined) {
    // Its first instance came before its own static block.
    if (name !== '') known.name = name
    known.isQuiet = isQuiet && !hasSetter(prototype)
    if (file !== '') Object.assign(known.source, { name: known.name, file, line, endLine })
    return
  }
  const ownName = name === '' ? className(ctor) : name
  const cls = engineClass({ name: ownName, file, line, endLine }, (self) => recordOfInstance(self, cls))
  cls.ctor = ctor
  cls.isQuiet = isQuiet && !hasSetter(prototype)
  cls.isAsync = laterWork.test(insertedText(ctor as never))
  state.classes.set(prototype, cls)
  state.lifecycles = new WeakMap()
  if (Object.getPrototypeOf(ctor) !== Function.prototype && !hasVerb(prototype)) return
  const families = lifecycleOf(prototype)?.families ?? noFamilies
  const recognition = {
    families,
    record: cls.recognise,
    lightClass: (self: object) => lightClassOfInstance(self, prototype, cls),
  }
  const isComplete = wrapMethods(prototype, ownName, recognition, null, wrappedKeys(ctor, prototype))
  // A stop that is not seen is none.
  if (!isComplete) state.lifecycles = new WeakMap()
}

/**
 * An ES5 prototype may have been given functions of another, `Object.assign(A.prototype, B.prototype)`, which stay one: of those that do not
 * tell of their calls themselves its verbs alone are wrapped, under all of their names.
 */
function wrappedKeys(ctor: object, prototype: object): (string | symbol)[] {
  const keys = Reflect.ownKeys(prototype)
  if (insertedText(ctor as never).startsWith('class')) return keys
  const given = (key: string | symbol): unknown => Object.getOwnPropertyDescriptor(prototype, key)?.value
  const verbs = new Set(keys.filter((key) => mayBeVerb(verbName(key) ?? '')).map(given))
  return keys.filter((key) => verbs.has(given(key)))
}

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

/** The class of `self`, where the class is taken for no engine; `home`: the class of `holder`, whose method was called. */
function lightClassOfInstance(self: object, holder: object, home: EngineClass): EngineClass | null {
  if (types.isProxy(self)) return null
  const prototype = Object.getPrototypeOf(self)
  const cls =
    prototype === holder ? home : prototype === null ? undefined : state.lifecycles.get(prototype)?.cls
  return cls?.isLight === true ? cls : null
}

/** What the classes from `prototype` up amount to; `null` where none is registered. */
export function lifecycleOf(prototype: object): Lifecycle | null {
  const cached = state.lifecycles.get(prototype)
  if (cached !== undefined) return cached
  let start: string | null = null
  let stop: string | null = null
  let isQuiet = true
  const own: EngineClass[] = []
  for (let each: object | null = prototype; each !== null; each = Object.getPrototypeOf(each)) {
    const known = state.classes.get(each)
    isQuiet &&= known === undefined ? quietBases.has(each) : known.isQuiet
    if (known === undefined) continue
    own.push(known)
    start ??= ownVerb(each, startVerbs)
    stop ??= ownStop(each)
  }
  const [cls] = own
  const sources = own.map(({ source }) => source)
  const families =
    cls === undefined || (start !== null && stop !== null) ? noFamilies : familiesAmong(verbNames(prototype))
  stop ??= familyStop(families)
  const lifecycle = cls === undefined ? null : new Lifecycle(cls, sources, { start, stop, families }, isQuiet)
  state.lifecycles.set(prototype, lifecycle)
  return lifecycle
}

/** The first of `verbs` that `holder` itself has as a method, and whose calls are seen. */
export function ownVerb(holder: object, verbs: readonly (string | symbol)[]): string | null {
  const verb = verbs.find((each) => {
    const value: unknown = Object.getOwnPropertyDescriptor(holder, each)?.value
    if (typeof value !== 'function' || state.unseenStops.has(value)) return false
    return typeof each !== 'string' || mayEnd(each, () => textOfMethod(value))
  })
  return verb === undefined ? null : verbName(verb)
}

export function ownStop(holder: object): string | null {
  return ownVerb(holder, stopVerbs) ?? ownVerb(holder, stopSymbols)
}

/** What a method does whose name is a verb with something behind it; `null`: it is no verb beside those that the class has. */
export function roleAt(self: unknown, id: number, name: string): Role | null {
  const home = state.homes.get(id)
  if (home === undefined || typeof self !== 'object' || self === null) return null
  if (home.literal !== null) return home.literal.families.get(name) ?? null
  const prototype = types.isProxy(self) ? home.prototype?.deref() : Object.getPrototypeOf(self)
  return prototype == null ? null : (lifecycleOf(prototype)?.families.get(name) ?? null)
}

/** The same for a method that tells of its calls by `id`. */
export function recognise(self: object, id: number): EngineRecord | null {
  const home = state.homes.get(id)
  if (home === undefined || home.literal === null) return recordOfInstance(self, home ?? null)
  return recordOfLiteral(self, home.literal)
}

/** The class of `self`, where that is taken for no engine. */
export function lightClassAt(self: object, id: number): EngineClass | null {
  const { latestLight } = state
  if (latestLight.self === self && latestLight.id === id && latestLight.cls?.isLight === true)
    return latestLight.cls
  const home = state.homes.get(id)
  if (home === undefined || types.isProxy(self)) return null
  if (home.literal !== null) return home.literal.isLight ? home.literal : null
  const prototype = Object.getPrototypeOf(self)
  const cls = prototype === null ? undefined : state.lifecycles.get(prototype)?.cls
  if (cls?.isLight !== true) return null
  // The same object is asked for again soon. Nothing is held for longer than the young period.
  latestLight.self = self
  latestLight.id = id
  latestLight.cls = cls
  if (!state.isForgettingLight) {
    state.isForgettingLight = true
    doFirst({ name: 'forgetting an object', run: forgetLatestLight })
  }
  beginYoungPeriod()
  return cls
}

function forgetLatestLight(): void {
  state.latestLight.self = null
}

function classAt(home: Home | EngineClass | null): EngineClass | null {
  if (home === null || !('prototype' in home)) return home
  const prototype = home.prototype?.deref()
  return prototype === undefined ? null : (state.classes.get(prototype) ?? null)
}

/** After so many of a class have shown none, instances are not searched for a stop of their own. */
const searchesAtMost = 64

/** The record of an instance that was started; made now where this is its first start. `null`: it cannot be stopped. */
export function recordOfInstance(self: object, home: Home | EngineClass | null): EngineRecord | null {
  const known = engineOf(self)
  if (known !== undefined) return known
  // A trap of the program's own is not for us to call: a proxied engine is what its method's class says.
  if (types.isProxy(self)) {
    const cls = classAt(home)
    return cls === null ? null : makeRecord(self, cls, [cls.source], 'stop')
  }
  const prototype = Object.getPrototypeOf(self)
  const lifecycle = prototype === null ? null : lifecycleOf(prototype)
  if (lifecycle === null) return null
  const isSearched = lifecycle.startsWithoutStop < searchesAtMost
  const stop = lifecycle.stop ?? (isSearched ? ownStop(self) : null) ?? familyStop(lifecycle.cls.families)
  if (stop === null) lifecycle.startsWithoutStop += 1
  return stop === null ? null : makeRecord(self, lifecycle.cls, lifecycle.sources, stop)
}

export function makeRecord(
  self: object,
  cls: EngineClass,
  sources: readonly SourceRange[],
  stop: string,
): EngineRecord {
  const record = recordEngine(self, {
    name: cls.name,
    cls,
    origin: 'convention',
    stop,
    sources,
    created: state.creations.get(self) ?? null,
  })
  record.callbacks = state.handed.get(self)?.callbacks ?? null
  return record
}
