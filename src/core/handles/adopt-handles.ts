/** Handles that an object keeps in its fields: where it turns out to be an engine, they are its own. */
import { ownAsyncId } from '../ownership/context.ts'
import type { EngineRecord } from '../records/engine-record.ts'
import type { HandleRecord, YoungHandle } from './handle-table.ts'
import type { HandleType } from './handle-type.ts'
import { state } from './state.ts'

/** How many handles have been seen; ids below it are older. */
export function handleHorizon(): number {
  return state.nextId
}

/** Gives handles opened since `from` to an engine, where they are among the objects in its fields. */
export function adoptFields(
  objects: ReadonlySet<unknown>,
  from: number,
  claim: () => EngineRecord | null,
): void {
  const adopt = (handle: YoungHandle | HandleRecord, resource: object, kind: HandleType): boolean => {
    if (!objects.has(resource) && !objects.has(kind.owner(resource))) return true
    const owner = claim()
    if (owner === null) return false
    handle.owner = owner
    ownAsyncId(handle.asyncId, owner)
    return true
  }
  for (let index = state.youngCount - 1; index >= 0; index -= 1) {
    const slot = state.ring[index] as YoungHandle
    if (slot.id < from || slot.resource === null || slot.kind === null) return
    if (!adopt(slot, slot.resource, slot.kind)) return
  }
  // Where much is young, the period may have ended since.
  for (let index = state.old.length - 1; index >= 0; index -= 1) {
    const record = state.old[index] as HandleRecord
    if (record.id < from) return
    const resource = record.deref()
    if (resource !== undefined && !adopt(record, resource, record.kind)) return
  }
}
