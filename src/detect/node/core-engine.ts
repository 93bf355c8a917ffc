/** What all of Node's own engines share: born when their handle opens, ended when it is closed. */

import { beginStop, startAtOnce } from '../../core/engines/life.ts'
import { recordEngine } from '../../core/engines/record-engine.ts'
import { countStop } from '../../core/engines/start-place.ts'
import { engineBornFrom } from '../../core/handles/follow-handles.ts'
import { type HandleType, noteClosing } from '../../core/handles/handle-type.ts'
import { currentStart } from '../../core/ownership/context.ts'
import type { EngineProbes, EngineRecord } from '../../core/records/engine-record.ts'
import { emit } from '../../core/records/listeners.ts'
import { recordFault } from '../../core/self/faults.ts'
import { engineStack } from '../../core/stacks/budget.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { makers } from '../../core/stacks/sites.ts'
import { wrapProperty } from '../lifecycle/wrap.ts'

export interface CoreEngineSeed extends Partial<EngineProbes> {
  name: string
  start: string
  stop: string
  stack: CapturedStack | null
  /** In whose context, or inside which engine, it was opened. */
  owner: EngineRecord | null
}

/** A core engine that runs from now on; `target` where its object is known already. */
export function startCoreEngine(seed: CoreEngineSeed, target: object | null = null): EngineRecord {
  const { stack, owner, ...rest } = seed
  const parentStart = currentStart(owner)
  const record = recordEngine(target, { ...rest, origin: 'core', parent: owner, parentStart, created: stack })
  startAtOnce(record)
  return record
}

/** Whether a handle of this type is open, or may still be opened; held weakly. */
export function openness(kind: HandleType, resource: object): () => boolean {
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

/** Its stop is called; once it was, or it has ended, nothing is noted. */
export function noteStop(record: EngineRecord | undefined, method: string): void {
  if (record === undefined || record.state !== 'running') return
  // Looked at while it is open, as far as it is: later only its closing shows.
  record.isOpen?.()
  beginStop(record, method, engineStack(noteStop, stopDepth))
  countStop(record)
  if (record.isOpen !== null) {
    const { watchClosing } =
      require('../../core/engines/closing-engines.js') as typeof import('../../core/engines/closing-engines.ts')
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

const primaryFile = /^node:internal\/cluster\/(?:primary|round_robin_handle|shared_handle)$/

/** Whether a cluster's primary made it for its workers. */
export function isOfCluster(stack: CapturedStack | null): boolean {
  return makers(stack).some(({ file }) => file !== null && primaryFile.test(file))
}
