/** What all of Node's own engines share: born when their handle opens, ended when it is closed. */
import { engineStack } from '../../core/budget.ts'
import type { EngineRecord } from '../../core/engine-record.ts'
import { engineStarted, engineStopping, recordEngine } from '../../core/engines.ts'
import { emit } from '../../core/events.ts'
import { recordFault } from '../../core/faults.ts'
import { noteClosing } from '../../core/handle-type.ts'
import { type HandleType, handleTypes } from '../../core/handle-types.ts'
import { engineBornFrom } from '../../core/handles.ts'
import type { CapturedStack } from '../../core/stack.ts'
import { countStop } from '../../core/start-place.ts'
import { wrapProperty } from '../wrap.ts'

export interface CoreEngineSeed {
  name: string
  start: string
  stop: string
  stack: CapturedStack | null
  /** In whose context, or inside which engine, it was opened. */
  owner: EngineRecord | null
  isOpen: (() => boolean) | null
}

/** A core engine that runs from now on; `target` where its object is known already. */
export function startCoreEngine(seed: CoreEngineSeed, target: object | null = null): EngineRecord {
  const record = recordEngine(target, {
    name: seed.name,
    origin: 'core',
    start: seed.start,
    stop: seed.stop,
    parent: seed.owner,
    created: seed.stack,
  })
  record.started = seed.stack
  record.isOpen = seed.isOpen
  engineStarted(record)
  record.state = 'running'
  emit('started', record)
  return record
}

/** Whether a handle of this type is open, or may still be opened; held weakly. */
export function openness(type: string, resource: object): () => boolean {
  const kind = handleTypes.get(type) as HandleType
  const weak = new WeakRef(resource)
  return () => {
    const handle = weak.deref()
    return handle !== undefined && (kind.isAlive(handle) || kind.mayOpen(handle))
  }
}

/** The engine that was born from the handle which `self` keeps. */
export function bornFrom(handle: unknown): EngineRecord | undefined {
  return typeof handle === 'object' && handle !== null ? engineBornFrom(handle) : undefined
}

const stopDepth = 16
const wrapped = new WeakMap<object, Set<string>>()

/** Notes where a core engine is stopped. Wrapped when the first of its kind opens: its module is loaded then anyhow. */
export function noteStops(
  prototype: object,
  method: string,
  recordOf: (self: object) => EngineRecord | undefined,
  isStop: (args: unknown[]) => boolean = () => true,
): void {
  const methods = wrapped.get(prototype) ?? new Set()
  if (methods.has(method)) return
  wrapped.set(prototype, methods.add(method))
  wrapProperty(prototype, method, (original, self, args) => {
    try {
      if (isStop(args)) noteStop(recordOf(self as object), method)
    } catch (error) {
      recordFault('a stop of a core engine', error)
    }
    return Reflect.apply(original, self, args)
  })
}

function noteStop(record: EngineRecord | undefined, method: string): void {
  if (record === undefined || record.state !== 'running') return
  // Looked at while it is open, as far as it is: later only its closing shows.
  record.isOpen?.()
  engineStopping(record, method, engineStack(noteStop, stopDepth))
  countStop(record)
  if (record.isOpen !== null) {
    const { watchClosing } =
      require('../../core/closing-engines.js') as typeof import('../../core/closing-engines.ts')
    watchClosing(record)
  }
  emit('stopped', record)
}

/** Notes which handles of one class are told to close, where they keep no trace of that themselves. */
export function noteCloses(resource: object): void {
  const prototype: object | null = Object.getPrototypeOf(resource)
  if (prototype === null || wrapped.has(prototype)) return
  wrapped.set(prototype, new Set())
  wrapProperty(prototype, 'close', (original, self, args) => {
    if (typeof self === 'object' && self !== null) noteClosing(self)
    return Reflect.apply(original, self, args)
  })
}
