/**
 * Verbs that the program named for one engine, by `track(engine, { start, stop })`. The methods of its class are wrapped by
 * their names, for all instances: for this one they mean what the program said.
 */

import { engineOf } from '../../core/engines/objects.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { state } from './state.ts'

/** What a method does in the life of its engine. */
export type Part = 'start' | 'stop' | 'work'

/** `null`: the verbs of that kind are the usual ones. */
export interface NamedVerbs {
  readonly start: string | null
  readonly stop: string | null
}

/** What was named before is named no more. */
export function nameVerbs(record: EngineRecord, verbs: NamedVerbs): void {
  if (verbs.start === null && verbs.stop === null) {
    state.namedVerbs.delete(record)
    return
  }
  state.namedVerbs.set(record, verbs)
  state.hasNamedVerbs = true
}

/** The part of `method` for the engine `self`, where that is another than `usual`, by its name; else `null`. */
export function namedPart(self: unknown, method: string | null, usual: Part): Part | null {
  if (!state.hasNamedVerbs) return null
  const record = engineOf(self)
  const named = record === undefined ? undefined : state.namedVerbs.get(record)
  if (named === undefined) return null
  const part = partOf(named, method, usual, record?.state === 'running')
  return part === usual ? null : part
}

/** What disposes of an object ends it, whatever else does. */
const disposals: ReadonlySet<string> = new Set(['[Symbol.dispose]', '[Symbol.asyncDispose]'])

function partOf({ start, stop }: NamedVerbs, method: string | null, usual: Part, isRunning: boolean): Part {
  if (method === null) return usual
  // `toggle()`
  if (method === start && method === stop) return isRunning ? 'stop' : 'start'
  if (method === start) return 'start'
  if (method === stop) return 'stop'
  if (usual === 'start') return start === null ? 'start' : 'work'
  if (usual === 'stop') return stop === null || disposals.has(method) ? 'stop' : 'work'
  return usual
}
