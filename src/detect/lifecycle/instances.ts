/** Instances of the program's engine classes: verbs of their own, and handles that their constructors open. */

import { adopt, startAtOnce } from '../../core/engines/life.ts'
import { engineOf } from '../../core/engines/objects.ts'
import { adoptFields, handleHorizon } from '../../core/handles/adopt-handles.ts'
import { beginConstruction } from '../../core/ownership/builders.ts'
import { contextEngine } from '../../core/ownership/context.ts'
import type { EngineClass, EngineRecord } from '../../core/records/engine-record.ts'
import { engineStack, spendRareStack } from '../../core/stacks/budget.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { familiesAmong, noFamilies } from '../source/verb-families.ts'
import { isVerb, startVerbs } from '../source/verbs.ts'
import {
  hasCreation,
  type Lifecycle,
  lifecycleOf,
  makeRecord,
  noteCreation,
  ownStop,
  ownVerb,
  registerClass,
} from './classes.ts'
import { noteRefused, wrapMethod } from './methods.ts'
import { outsideConstructors } from './outside-constructors.ts'
import { state } from './state.ts'
import { familyStop, verbNames } from './verbs-of.ts'

const { types } = process.getBuiltinModule('node:util')

const createdDepth = 16
/** So many instances of a class have a creation stack; the later ones once one was an engine, where the budget covers it. */
const instancesWithStack = 8

/** Registers a new instance of a registered class; called again where its constructor gave it verbs of its own. */
export function registerInstance(instance: object): void {
  if (types.isProxy(instance)) return
  const prototype = Object.getPrototypeOf(instance)
  const lifecycle = prototype === null ? null : lifecycleFor(prototype)
  if (lifecycle === null) return
  const { cls, sources, isQuiet } = lifecycle
  const keys = Object.keys(instance)
  wrapOwnVerbs(instance, keys, lifecycle)
  cls.instances += 1
  let created: CapturedStack | null = null
  if (cls.instances <= instancesWithStack || (isOfEngines(cls) && spendRareStack())) {
    if (hasCreation(instance)) return
    created = engineStack(registerInstance, createdDepth)
    created?.trim((frames) => outsideConstructors(frames, prototype, sources))
    noteCreation(instance, created)
  }
  const before = state.handlesAtLatestInstance
  const horizon = handleHorizon()
  state.handlesAtLatestInstance = horizon
  const hasOpened = horizon > before && keys.length > 0
  if (isQuiet && !hasOpened) return
  const parent = contextEngine()
  if (hasOpened) adoptFields(fieldObjects(instance, keys), before, () => claimInstance(instance, parent))
  if (!isQuiet) beginConstruction(cls, created, instance, parent, claimInstance)
}

/** The same of what a function is called on that may be a constructor, and that may be called as any other. */
export function registerConstructed(given: unknown): void {
  if (typeof given !== 'object' || given === null || types.isProxy(given)) return
  const prototype = Object.getPrototypeOf(given)
  if (prototype !== null && lifecycleOf(prototype) !== null) registerInstance(given)
}

/** Most classes that have the verbs are parsers, builders and nodes of trees, made by the thousand. */
function isOfEngines(cls: EngineClass): boolean {
  return !cls.isLight && (cls.starts > 0 || cls.holds)
}

function lifecycleFor(prototype: object): Lifecycle | null {
  const lifecycle = lifecycleOf(prototype)
  if (lifecycle !== null) return lifecycle
  // `static instance = new A()` comes before the static block that registers `A`.
  const ctor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof ctor !== 'function') return null
  registerClass(ctor, '', '', 0, 0)
  return lifecycleOf(prototype)
}

function wrapOwnVerbs(instance: object, keys: readonly string[], { cls, start, stop }: Lifecycle): void {
  // The first of a class shows what all of them have.
  if ((start === null || stop === null) && cls.instances < instancesWithStack)
    cls.families = familiesAmong(verbNames(instance))
  const { families } = cls
  for (const key of keys) {
    if (!isVerb(key) && !families.has(key)) continue
    const refused = wrapMethod(instance, key, { families, record: cls.recognise }, instance)
    if (refused === 'frozen' || refused === 'defended') noteRefused(instance, key, cls.name, refused)
  }
}

/** The engine of an instance whose constructor opened a handle. `new` started it, where it has no start verb. */
function claimInstance(instance: object, parent: EngineRecord | null): EngineRecord | null {
  const known = engineOf(instance)
  if (known !== undefined) return known
  const lifecycle = lifecycleOf(Object.getPrototypeOf(instance))
  const stop = lifecycle?.stop ?? ownStop(instance) ?? familyStop(lifecycle?.cls.families ?? noFamilies)
  if (lifecycle === null || stop === null) return null
  const record = makeRecord(instance, lifecycle.cls, lifecycle.sources, stop)
  adopt(record, parent)
  if (lifecycle.start === null && ownVerb(instance, startVerbs) === null) {
    startAtOnce(record)
  }
  return record
}

/** The objects among an instance's own fields, without running a getter. */
function fieldObjects(instance: object, keys: readonly string[]): Set<unknown> {
  const values = keys.map((key) => Object.getOwnPropertyDescriptor(instance, key)?.value)
  return new Set(values.filter((value) => typeof value === 'object' && value !== null))
}
