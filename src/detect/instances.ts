/** Instances of the program's engine classes: verbs of their own, and handles that their constructors open. */

import { engineStack, spendRareStack } from '../core/budget.ts'
import { beginConstruction } from '../core/construction.ts'
import type { EngineClass, EngineRecord } from '../core/engine-record.ts'
import { engineOf, engineStarted } from '../core/engines.ts'
import { emit } from '../core/events.ts'
import { adoptYoung, handleHorizon } from '../core/handle-table.ts'
import { contextEngine } from '../core/ownership.ts'
import type { CapturedStack } from '../core/stack.ts'
import {
  isNoted,
  type Lifecycle,
  lifecycleOf,
  makeRecord,
  noteCreation,
  ownStop,
  ownVerb,
  registerClass,
} from './classes.ts'
import { aroundStart, aroundStop, meaning } from './lifecycle.ts'
import { outsideConstructors } from './outside-constructors.ts'
import { isStartVerb, isVerb, startVerbs } from './verbs.ts'
import { wrapProperty } from './wrap.ts'

const { types } = process.getBuiltinModule('node:util')

const createdDepth = 16
/** The first instances of a class have a creation stack, then those that the budget covers. */
const instancesWithStack = 64

let horizon = 0

/** A new instance of a registered class; called again where its constructor gave it verbs of its own. */
export function registerInstance(instance: object): void {
  if (types.isProxy(instance)) return
  const prototype = Object.getPrototypeOf(instance)
  const lifecycle = prototype === null ? null : lifecycleFor(prototype)
  if (lifecycle === null) return
  const { cls, sources, isQuiet } = lifecycle
  const keys = Object.keys(instance)
  wrapOwnVerbs(instance, keys, cls)
  cls.instances += 1
  let created: CapturedStack | null = null
  if (cls.instances <= instancesWithStack || (!cls.isLight && spendRareStack())) {
    if (isNoted(instance)) return
    created = engineStack(registerInstance, createdDepth)
    created?.trim((frames) => outsideConstructors(frames, prototype, sources))
    noteCreation(instance, created)
  }
  const before = horizon
  horizon = handleHorizon()
  const hasOpened = horizon > before && keys.length > 0
  if (isQuiet && !hasOpened) return
  const parent = contextEngine()
  if (hasOpened) adoptYoung(fieldObjects(instance, keys), before, () => claimInstance(instance, parent))
  if (!isQuiet) beginConstruction(cls, created, instance, parent, claimInstance)
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

function wrapOwnVerbs(instance: object, keys: readonly string[], cls: EngineClass): void {
  for (const key of keys) {
    if (!isVerb(key)) continue
    const around = isStartVerb(key) ? aroundStart(key, { record: cls.recognise }) : aroundStop(key)
    wrapProperty(instance, key, meaning(instance, around))
  }
}

/** The engine of an instance whose constructor opened a handle. Without a start verb, `new` started it. */
function claimInstance(instance: object, parent: EngineRecord | null): EngineRecord | null {
  const known = engineOf(instance)
  if (known !== undefined) return known
  const lifecycle = lifecycleOf(Object.getPrototypeOf(instance))
  const stop = lifecycle?.stop ?? ownStop(instance)
  if (lifecycle === null || stop === null) return null
  const record = makeRecord(instance, lifecycle.cls, lifecycle.sources, stop)
  record.parent = parent
  if (lifecycle.start === null && ownVerb(instance, startVerbs) === null) {
    record.started = record.created
    engineStarted(record)
    record.state = 'running'
    emit('started', record)
  }
  return record
}

/** The objects among an instance's own fields, without running a getter. */
function fieldObjects(instance: object, keys: readonly string[]): Set<unknown> {
  const values = keys.map((key) => Object.getOwnPropertyDescriptor(instance, key)?.value)
  return new Set(values.filter((value) => typeof value === 'object' && value !== null))
}
