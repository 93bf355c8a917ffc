/** A handle may be announced more than once: a timer that is set again after it has fired, and then has another id. */
import { disownAsyncId, ownAsyncId, ownerOfAsyncId } from '../ownership/context.ts'
import { moveLink } from './chains.ts'
import { state } from './state.ts'

/** Whether this object was announced before: then it keeps its first record, with the id that it has now. */
export function isFollowed(resource: object, asyncId: number): boolean {
  const record = state.oldByResource.get(resource)
  if (record !== undefined) {
    if (!record.isListed) state.old.push(record)
    record.isListed = true
    renumber(record, asyncId)
    return true
  }
  const { ring, youngCount } = state
  for (let index = 0; index < youngCount; index += 1) {
    const slot = ring[index]
    if (slot?.resource !== resource) continue
    renumber(slot, asyncId)
    return true
  }
  return false
}

function renumber(handle: { asyncId: number }, asyncId: number): void {
  const before = handle.asyncId
  handle.asyncId = asyncId
  moveLink(before, asyncId)
  const owner = ownerOfAsyncId(before)
  if (owner === undefined) return
  disownAsyncId(before)
  ownAsyncId(asyncId, owner)
}
