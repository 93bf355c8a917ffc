/** Calls of a library's engines: work on their behalf, and their stop. */
import { watchClosing } from '../../core/engines/closing-engines.ts'
import { endStop, startAtOnce } from '../../core/engines/life.ts'
import { engineOf } from '../../core/engines/objects.ts'
import { applyOwned, contextEngine } from '../../core/ownership/context.ts'
import { isPromise } from '../../core/promises/promise-state.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { recordFault } from '../../core/self/faults.ts'
import { engineStack } from '../../core/stacks/budget.ts'
import type { LibraryEngine } from '../libraries/library.ts'
import { callStop, followStop } from './around.ts'
import type { Around } from './wrap.ts'

const startDepth = 32

/** What the method opens is the engine's, on whomever's behalf. */
export const aroundLibraryWork: Around = (original, self, args) => {
  const record = engineOf(self)
  if (record === undefined || record.state === 'created' || contextEngine() === record)
    return Reflect.apply(original, self, args)
  return applyOwned(record.work, original, self, args)
}

/** The same of a method that starts the engine anew, once that has ended. */
export function aroundRestart(verb: string): Around {
  return (original, self, args, entry) => {
    const record = engineOf(self)
    if (record?.state === 'stopped' || record?.state === 'failed')
      startAtOnce(record, { verb, stack: engineStack(entry, startDepth) })
    return aroundLibraryWork(original, self, args, entry, null)
  }
}

/** It has ended when its promise settles, or when the engine's own state says so. */
export function aroundLibraryStop(verb: string, { isStop }: LibraryEngine): Around {
  return (original, self, args, entry) => {
    if (isStop?.(verb, args) === false) return Reflect.apply(original, self, args)
    let stopping: EngineRecord | null = null
    try {
      stopping = callStop(self, verb, entry)
    } catch (error) {
      recordFault('a stop', error)
    }
    if (stopping === null) return Reflect.apply(original, self, args)
    let result: unknown
    try {
      result = applyOwned(stopping.work, original, self, args)
    } catch (error) {
      endStop(stopping, true)
      throw error
    }
    try {
      if (isPromise(result)) followStop(stopping, self as object, result)
      else if (stopping.isOpen?.() === true) watchClosing(stopping)
      else endStop(stopping, false)
    } catch (error) {
      recordFault('a stop', error)
    }
    return result
  }
}
