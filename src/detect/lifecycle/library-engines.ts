/**
 * The engines of libraries that are known by name. Their classes register as they come into being; the methods that are named for
 * them are wrapped, and no others.
 */
import { startAtOnce } from '../../core/engines/life.ts'
import { bindEngine, engineOf } from '../../core/engines/objects.ts'
import { recordEngine } from '../../core/engines/record-engine.ts'
import { isOfPackages } from '../../core/ownership/behind-library.ts'
import { beginConstruction } from '../../core/ownership/builders.ts'
import { requester } from '../../core/ownership/construction.ts'
import { contextEngine, currentStart } from '../../core/ownership/context.ts'
import type {
  Constructor,
  EngineClass,
  EngineRecord,
  Facts,
  LibraryTraits,
  SourceRange,
} from '../../core/records/engine-record.ts'
import { attempt, recordFault } from '../../core/self/faults.ts'
import { engineStack } from '../../core/stacks/budget.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { isInternal, isProgram, type PlainFrame } from '../../core/stacks/frames.ts'
import { enginesIn, packageIn, packagesOf, pathInModules } from '../libraries/described.ts'
import type { Lease, LibraryEngine } from '../libraries/library.ts'
import { aroundStart, known } from './around.ts'
import { lifecycleOf } from './classes.ts'
import { followLeases } from './leases.ts'
import { aroundLibraryStop, aroundLibraryWork, aroundRestart } from './library-calls.ts'
import { outsideConstructors } from './outside-constructors.ts'
import { isObject } from './recognition.ts'
import { type Around, ownOf, wrapProperty } from './wrap.ts'

const { types } = process.getBuiltinModule('node:util')

export const startDepth = 32
/** So long the sockets and threads of most libraries take to close, once the stop has told that it has ended. */
const usuallyLingersMs = 1000

/** A class of a library, as it was registered. */
interface LibraryClass {
  readonly engine: LibraryEngine
  readonly name: string
  readonly package: string
  readonly prototype: object
  readonly source: SourceRange
  readonly traits: LibraryTraits
  readonly cls: EngineClass
}

const classes = new WeakMap<object, LibraryClass>()
/** Objects that are no engines of the program's: another dependency made them for itself. */
const foreign = new WeakSet<object>()

export function registerLibraryClass(ctor: Constructor, source: SourceRange): void {
  const path = pathInModules(source.file) ?? ''
  const engine = enginesIn(path).find(([name]) => name === source.name)?.[1]
  const { prototype } = ctor
  if (engine === undefined || classes.has(prototype)) return
  const { name } = source
  const known: LibraryClass = {
    engine,
    name,
    package: packageOf(name),
    prototype,
    source: { ...source, name: engine.class },
    traits: traitsOf(engine, path, prototype),
    cls: classOf(ctor, source),
  }
  classes.set(prototype, known)
  wrapMethods(known)
}

/** `@hapi/hapi.Server` is one of `@hapi/hapi`. */
export function packageOf(engineName: string): string {
  return engineName.slice(0, engineName.lastIndexOf('.'))
}

export function traitsOf(
  engine: LibraryEngine,
  path: string,
  prototype: object | null = null,
): LibraryTraits {
  return {
    packages: packagesOf(packageIn(path)),
    stopCall: callThatIsThere(engine.stopCall, engine.stops, prototype),
    forcedCall: engine.forcedCall ?? null,
    isUnanswered: (target) => isTrue(() => engine.isUnanswered?.(target as Record<string, unknown>)),
    lingersMs: engine.lingersMs ?? usuallyLingersMs,
    keeps: engine.keeps === true,
    endsWithParent: engine.isLease === true && engine.takenBy === undefined,
    detail: (target) => detailOf(engine, target),
  }
}

function isTrue(ask: () => unknown): boolean {
  let answer: unknown = false
  attempt('the state of an engine', () => {
    answer = ask()
  })
  return answer === true
}

/** An older version may have another method in its place: `await client.quit()`. */
function callThatIsThere(call: string, stops: readonly string[], prototype: object | null): string {
  const method = /\.(\w+)\(/.exec(call)?.[1]
  if (prototype === null || method === undefined || !stops.includes(method) || method in prototype)
    return call
  const other = stops.find((stop) => stop in prototype)
  return other === undefined ? call : call.replace(`.${method}(`, `.${other}(`)
}

/** Asks who is constructed alone: a library's engine is never taken for none. */
function classOf(ctor: Constructor, source: SourceRange): EngineClass {
  return {
    name: source.name,
    source,
    instances: 0,
    starts: 0,
    startedAt: 0,
    unread: 0,
    recognise: (self) => engineOf(self) ?? null,
    holds: true,
    isLight: false,
    isAsync: true,
    isQuiet: false,
    ctor,
    depth: startDepth,
    strayStop: null,
    families: new Map(),
    passingStops: new Set(),
    stops: null,
  }
}

function detailOf({ detail }: LibraryEngine, target: object): Facts {
  try {
    return types.isProxy(target) ? {} : (detail?.(target as Record<string, unknown>) ?? {})
  } catch (error) {
    recordFault("a library's detail", error)
    return {}
  }
}

function wrapMethods(library: LibraryClass): void {
  const { engine, prototype } = library
  const { start, stops, work = [], restarts = [], lease } = engine
  const wrap = (key: string, around: Around): void => {
    attempt("wrapping a library's method", () => {
      ownMethod(prototype, key)
      wrapProperty(prototype, key, around)
    })
  }
  for (const each of lease === undefined ? [] : [lease].flat())
    followLeases(prototype, each as Lease, library, wrap)
  if (start !== 'new' && start !== '') wrap(start, aroundLibraryStart(start, library))
  for (const stop of stops) wrap(stop, aroundLibraryStop(stop, engine))
  // What takes a lease is wrapped already.
  for (const method of work)
    wrap(method, restarts.includes(method) ? aroundRestart(method) : aroundLibraryWork)
}

const withOverrides = new WeakSet<object>()

/** A dialect's class of the library's own has some of these methods itself. */
function wrapOverrides(prototype: object, library: LibraryClass): void {
  if (prototype === library.prototype || withOverrides.has(prototype)) return
  withOverrides.add(prototype)
  for (const method of library.engine.work ?? [])
    attempt("wrapping a library's method", () => wrapProperty(prototype, method, aroundLibraryWork))
}

/** What the class has inherited is wrapped for this class alone. */
function ownMethod(prototype: object, key: string): void {
  if (Object.hasOwn(prototype, key)) return
  for (
    let each: object | null = Object.getPrototypeOf(prototype);
    each !== null && each !== Object.prototype && !types.isProxy(each);
    each = Object.getPrototypeOf(each)
  ) {
    const descriptor = Object.getOwnPropertyDescriptor(each, key)
    if (descriptor === undefined) continue
    if (typeof descriptor.value === 'function') Object.defineProperty(prototype, key, descriptor)
    return
  }
}

function aroundLibraryStart(verb: string, library: LibraryClass): Around {
  const usual = aroundStart(verb, known)
  const start: Around = (original, self, args, entry) => {
    if (isObject(self)) meet(self, library, () => engineStack(entry, startDepth))
    if (engineOf(self) === undefined) return Reflect.apply(original, self, args)
    return usual(original, self, args, entry, ownOf(usual, 'plan')?.(self, args) ?? null)
  }
  return start
}

/** An instance whose constructor begins. */
export function registerLibraryInstance(instance: object): void {
  // A constructor that is called without `new` calls itself with it.
  if (!isObject(instance) || types.isProxy(instance)) return
  const library = libraryOf(instance)
  if (library === null || bindToFactory(instance, library)) return
  if (library.engine.start !== 'new' || library.engine.factories !== undefined) return
  const prototype = Object.getPrototypeOf(instance)
  wrapOverrides(prototype, library)
  const record = meet(instance, library, () => {
    const stack = engineStack(registerLibraryInstance, startDepth)
    stack?.trim((frames) => outsideConstructors(frames, prototype, sourcesOf(prototype, library)))
    return stack
  })
  if (record === null || record.state !== 'created') return
  const { created: stack, parent } = record
  startAtOnce(record, { stack })
  beginConstruction(library.cls, stack, instance, parent, () => record)
}

/** Engines that are being made, by what reports call them. */
export const inTheMaking: WeakMap<EngineRecord, string> = new WeakMap()

/** Whether the engine was begun by a function whose work made this instance. */
function bindToFactory(instance: object, { name }: LibraryClass): boolean {
  const maker = contextEngine()
  if (maker === null || inTheMaking.get(maker) !== name) return false
  inTheMaking.delete(maker)
  bindEngine(maker, instance)
  return true
}

export function openProbe(
  deref: () => object | undefined,
  { isOpen }: LibraryEngine,
): (() => boolean) | null {
  return isOpen === undefined ? null : () => isStillOpen(deref(), isOpen)
}

export function libraryOf(instance: object): LibraryClass | null {
  for (
    let each: object | null = Object.getPrototypeOf(instance);
    each !== null && !types.isProxy(each);
    each = Object.getPrototypeOf(each)
  ) {
    const library = classes.get(each)
    if (library !== undefined) return library
  }
  return null
}

/** Its record, made now where there is none; `null`: it is nobody's whom a report could tell what to write. */
export function meet(
  self: object,
  library: LibraryClass,
  capture: () => CapturedStack | null,
): EngineRecord | null {
  const known = engineOf(self)
  if (known !== undefined || foreign.has(self) || types.isProxy(self)) return known ?? null
  const stack = capture()
  const { packages } = library.traits
  const { takenBy, isOwn, lender } = library.engine
  const parent = lenderOf(self, lender) ?? requester(stack)
  const isOurs =
    takenBy === undefined ? isOfProgram(stack, parent, packages) : isTaken(stack, packages, takenBy)
  if (!isOurs || (isOwn && isByItself(stack, packages))) {
    foreign.add(self)
    return null
  }
  const { engine, package: name, traits } = library
  const prototype = Object.getPrototypeOf(self)
  const weak = new WeakRef(self)
  return recordEngine(self, {
    name: lifecycleOf(prototype)?.cls.name ?? library.name,
    origin: 'library',
    package: name,
    start: engine.start,
    stop: engine.stops[0] as string,
    sources: sourcesOf(prototype, library),
    created: stack,
    parent,
    parentStart: currentStart(parent),
    traits,
    lease: engine.isLease === true,
    isOpen: openProbe(() => weak.deref(), engine),
    isDormant: idleProbe(weak, engine),
  })
}

/** The engine that lends it, where its object names that. */
function lenderOf(self: object, lender: LibraryEngine['lender']): EngineRecord | undefined {
  try {
    return engineOf(lender?.(self as Record<string, unknown>))
  } catch {
    return undefined
  }
}

function idleProbe(weak: WeakRef<object>, { isIdle }: LibraryEngine): (() => boolean) | null {
  if (isIdle === undefined) return null
  return () => {
    const target = weak.deref()
    try {
      return target !== undefined && isIdle(target as Record<string, unknown>)
    } catch {
      return false
    }
  }
}

/** Whether its constructor was called by the library's own code. */
function isByItself(stack: CapturedStack | null, packages: readonly string[]): boolean {
  const maker = stack?.frames.find((frame) => !isInternal(frame))
  return maker !== undefined && isOfPackages(maker, packages)
}

/** What was collected is not known to have ended. */
function isStillOpen(
  target: object | undefined,
  isOpen: (engine: Record<string, unknown>) => boolean,
): boolean {
  try {
    return target === undefined || isOpen(target as Record<string, unknown>)
  } catch {
    return true
  }
}

/** A class of the program's own that extends the library's is that engine, under its own name. */
function sourcesOf(prototype: object, { source }: LibraryClass): SourceRange[] {
  return [...(lifecycleOf(prototype)?.sources ?? []), source]
}

/** Whether the program took it, by one of these functions of the library's. */
function isTaken(
  stack: CapturedStack | null,
  packages: readonly string[],
  takenBy: readonly string[],
): boolean {
  const frames = stack?.frames.filter((frame) => !isInternal(frame)) ?? []
  const at = frames.findIndex((frame) => !isOfPackages(frame, packages))
  const maker = frames[at]
  if (maker === undefined || !isProgram(maker)) return false
  // What stands in front of all of a library's functions is none of its own.
  return frames.slice(Math.max(0, at - 2), at).some((frame) => takenBy.includes(lastName(frame)))
}

/** `transaction` of `Object.transaction` */
function lastName({ function: name }: PlainFrame): string {
  return name === null ? '' : name.slice(name.lastIndexOf('.') + 1)
}

/**
 * Whether the program's code made it, or an engine of the same library, or of another that is known. What else a dependency makes for
 * itself has no object and no call that the program could write.
 */
export function isOfProgram(
  stack: CapturedStack | null,
  parent: EngineRecord | null,
  packages: readonly string[],
): boolean {
  if (stack === null) return true
  const maker = stack.frames.find((frame) => !isInternal(frame) && !isOfPackages(frame, packages))
  if (maker !== undefined && isProgram(maker)) return true
  const { traits } = parent ?? { traits: null }
  return traits !== null && (maker === undefined || isOfPackages(maker, traits.packages))
}
