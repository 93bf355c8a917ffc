/** Handles that an object keeps in its fields: where it turns out to be an engine, they are its own. */
import { ownAsyncId } from '../ownership/context.ts'
import type { EngineRecord } from '../records/engine-record.ts'
import type { YoungHandle } from './handle-table.ts'
import { state } from './state.ts'

/** How many handles have been seen; ids below it are older. */
export function handleHorizon(): number {
  return state.nextId
}

/** Gives young handles opened since `from` to an engine, where they are among the objects in its fields. */
export function adoptYoung(
  objects: ReadonlySet<unknown>,
  from: number,
  claim: () => EngineRecord | null,
): void {
  for (let index = state.youngCount - 1; index >= 0; index -= 1) {
    const slot = state.ring[index] as YoungHandle
    if (slot.id < from || slot.resource === null || slot.kind === null) return
    if (!objects.has(slot.resource) && !objects.has(slot.kind.owner(slot.resource))) continue
    const owner = claim()
    if (owner === null) return
    slot.owner = owner
    ownAsyncId(slot.asyncId, owner)
  }
}
