/** Instances of the program's engine classes: verbs of their own, and handles that their constructors open. */
import { types } from 'node:util'
import { engineStack } from '../core/budget.ts'
import { beginConstruction } from '../core/construction.ts'
import type { EngineRecord } from '../core/engine-record.ts'
import { engineOf, engineStarted } from '../core/engines.ts'
import { emit } from '../core/events.ts'
import { adoptYoung, handleHorizon } from '../core/handle-table.ts'
import { contextOwner } from '../core/ownership.ts'
import {
  type EngineClass,
  isNoted,
  type Lifecycle,
  lifecycleOf,
  makeRecord,
  noteCreation,
  ownStop,
  ownVerb,
  recogniseAs,
  registerClass,
} from './classes.ts'
import { aroundStart, aroundStop, meaning } from './lifecycle.ts'
import { outsideConstructors } from './outside-constructors.ts'
import { isStartVerb, isStopVerb, startVerbs } from './verbs.ts'
import { wrapProperty } from './wrap.ts'

const createdDepth = 16
/** The first instances of a class have a creation stack, then one in so many. */
const instancesWithStack = 64

let horizon = 0

/** A new instance of a registered class; called again where its constructor gave it verbs of its own. */
export function registerInstance(instance: object): void {
  if (types.isProxy(instance)) return
  const prototype = Object.getPrototypeOf(instance)
  const lifecycle = prototype === null ? null : lifecycleFor(prototype)
  if (lifecycle === null) return
  const { cls, sources } = lifecycle
  const keys = Object.keys(instance)
  wrapOwnVerbs(instance, keys, cls)
  if (isNoted(instance)) return
  cls.instances += 1
  const isSampled = cls.instances > instancesWithStack && cls.instances % instancesWithStack !== 0
  const created = isSampled ? null : engineStack(registerInstance, createdDepth)
  created?.trim((frames) => outsideConstructors(frames, prototype, sources))
  noteCreation(instance, created)
  const weak = new WeakRef(instance)
  const parent = contextOwner()
  const claim = () => claimInstance(weak, cls, parent)
  if (handleHorizon() > horizon && keys.length > 0) adoptYoung(fieldObjects(instance, keys), horizon, claim)
  horizon = handleHorizon()
  beginConstruction(cls.source, created, claim)
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
    if (!isStartVerb(key) && !isStopVerb(key)) continue
    const around = isStartVerb(key) ? aroundStart(key, (self) => recogniseAs(self, cls)) : aroundStop(key)
    wrapProperty(instance, key, meaning(instance, around))
  }
}

/** The engine of an instance whose constructor opened a handle. Without a start verb, `new` started it. */
function claimInstance(
  weak: WeakRef<object>,
  cls: EngineClass,
  parent: EngineRecord | null,
): EngineRecord | null {
  const instance = weak.deref()
  if (instance === undefined) return null
  const known = engineOf(instance)
  if (known !== undefined) return known
  const lifecycle = lifecycleOf(Object.getPrototypeOf(instance))
  const stop = lifecycle?.stop ?? ownStop(instance)
  if (lifecycle === null || stop === null) return null
  const record = makeRecord(instance, cls, lifecycle.sources, stop)
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
