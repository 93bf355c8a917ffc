/** Engines that the program names itself: `track` and `openEngine`. */

import { beginStop, endStop, makeExplicit, startAtOnce } from '../core/engines/life.ts'
import { engineOf } from '../core/engines/objects.ts'
import { recordEngine } from '../core/engines/record-engine.ts'
import { ownerBehind } from '../core/ownership/callbacks.ts'
import { contextOwner, currentStart, runOwned } from '../core/ownership/context.ts'
import type { EngineRecord } from '../core/records/engine-record.ts'
import { writtenAs } from '../core/self/written-text.ts'
import { engineStack } from '../core/stacks/budget.ts'
import { leaveAlone } from '../core/stock.ts'
import { aroundStart, aroundStop, known } from '../detect/lifecycle/around.ts'
import { isTelling, noteUnseen, wrapAs } from '../detect/lifecycle/methods.ts'
import { nameVerbs } from '../detect/lifecycle/named-verbs.ts'
import { verbNames } from '../detect/lifecycle/verbs-of.ts'
import type { Around, Refusal } from '../detect/lifecycle/wrap.ts'
import { familiesAmong, type Role } from '../detect/source/verb-families.ts'
import { startVerbs, stopSymbols, stopVerbs, verbName } from '../detect/source/verbs.ts'
import { errors, expectKeys, expectName, kindOf, misuse } from './misuse.ts'

const stackDepth = 32

export interface TrackOptions {
  name?: string
  /**
   * The method that starts it. By default the first start verb that it has; without one it counts as started now. A method that is
   * named here is the only start: its other methods do something else, whatever they are called.
   */
  start?: string
  /** The method that stops it. By default the first stop verb that it has. A method that is named here is the only stop, beside a dispose method. */
  stop?: string
}

/** An engine that is no object: it owns what `run` opens, until `close`. */
export interface EngineScope {
  run<T>(body: () => T): T
  close(): void
  [Symbol.dispose](): void
}

/**
 * Follows `target` as an engine, whatever its class is called. Gives it back. Where the calls of its stop cannot be seen (it
 * is frozen, or an accessor gives it) it is not accused, and the report says so.
 * @throws TypeError where it has no method to stop it.
 */
export function track<T extends object>(target: T, options: TrackOptions = {}): T {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) {
    throw misuse(errors().LEAKWATCH_TRACK_TARGET(kindOf(target)))
  }
  expectKeys(options, ['name', 'start', 'stop'])
  if (options.name !== undefined) expectName(options.name)
  const { start, stop } = verbsOf(target, options)
  const record = engineOf(target)
  const name = options.name ?? record?.name ?? nameOf(target)
  const refused = follow(target, stop, aroundStop(nameOfVerb(stop)))
  if (refused !== null) {
    noteUnseen(name, nameOfVerb(stop), refused)
    leaveAlone(target, 'the calls of its stop are not seen')
    return target
  }
  const tracked = record ?? recordEngine(target, { name, origin: 'explicit' })
  const created = () => engineStack(track, stackDepth)
  makeExplicit(tracked, { name: options.name, stop: nameOfVerb(stop), created })
  nameVerbs(tracked, { start: options.start ?? null, stop: options.stop ?? null })
  if (start === null) {
    if (tracked.state === 'created') begin(tracked, tracked.created)
    return target
  }
  const unseen = follow(target, start, aroundStart(nameOfVerb(start), known))
  if (unseen !== null) noteUnseen(name, nameOfVerb(start), unseen)
  return target
}

interface Verbs {
  start: string | symbol | null
  stop: string | symbol
}

function verbsOf(target: object, options: TrackOptions): Verbs {
  const stop = options.stop ?? methodOf(target, [...stopVerbs, ...stopSymbols]) ?? familyOf(target, 'stop')
  for (const verb of [options.start, stop ?? 'stop']) {
    if (verb === undefined || isMethod(target, verb)) continue
    throw misuse(errors().LEAKWATCH_TRACK_VERB(options.name ?? nameOf(target), String(verb)))
  }
  return {
    start: options.start ?? methodOf(target, startVerbs) ?? familyOf(target, 'start'),
    stop: stop as string | symbol,
  }
}

/** `startPolling`, where it has `stopPolling`. */
function familyOf(target: object, role: Role): string | null {
  const families = familiesAmong(verbNames(target))
  for (const [name, each] of families) if (each === role) return name
  return null
}

function nameOfVerb(verb: string | symbol): string {
  return verbName(verb) ?? String(verb)
}

function methodOf(target: object, verbs: readonly (string | symbol)[]): string | symbol | null {
  return verbs.find((verb) => isMethod(target, verb)) ?? null
}

function isMethod(target: object, verb: string | symbol): boolean {
  return typeof (target as Record<string | symbol, unknown>)[verb] === 'function'
}

function nameOf(target: object): string {
  const name = target.constructor?.name
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'engine'
}

/**
 * Sees to it that calls of a method are seen: on the object itself, where its class is not the program's to change for all.
 * Gives why they are not, or `null`.
 */
function follow(target: object, key: string | symbol, around: Around): Refusal | null {
  const property = propertyOf(target, key)
  if (typeof property?.value === 'function' && isSeen(property.value)) return null
  if (property?.get !== undefined) return 'accessor'
  if (!Object.hasOwn(target, key)) {
    const value: unknown = (target as Record<string | symbol, unknown>)[key]
    const own = { value, configurable: true, writable: true, enumerable: false }
    if (!Object.isExtensible(target) || !Reflect.defineProperty(target, key, own)) return 'frozen'
  }
  return wrapAs(target, key, around, null)
}

/** Whether its calls are seen already. */
function isSeen(method: () => unknown): boolean {
  return writtenAs(method) !== undefined || isTelling(method)
}

function propertyOf(target: object, key: string | symbol): PropertyDescriptor | undefined {
  for (let each: object | null = target; each !== null; each = Reflect.getPrototypeOf(each)) {
    const property = Reflect.getOwnPropertyDescriptor(each, key)
    if (property !== undefined) return property
  }
  return undefined
}

function begin(record: EngineRecord, stack: EngineRecord['created']): void {
  const parent = ownerBehind(contextOwner(), stack)
  startAtOnce(record, { stack, parent, parentStart: currentStart(parent) })
}

/** Opens an engine that is no object. It owns what `run` opens, and runs until its `close`. */
export function openEngine(name: string): EngineScope {
  expectName(name)
  const record = recordEngine(null, { name, origin: 'explicit', start: 'openEngine', stop: 'close' })
  begin(record, engineStack(openEngine, stackDepth))
  const close = (): void => {
    if (record.state === 'stopped') return
    beginStop(record, 'close', engineStack(close, stackDepth))
    endStop(record, false)
  }
  return {
    run: (body) => runOwned(record, body),
    close,
    [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: close,
  } as EngineScope
}
