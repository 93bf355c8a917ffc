/** How many handles are alive, by their type. There are some forty types. */
import { whereAlive } from '../core/handles/handle-table.ts'
import { state } from '../core/handles/state.ts'
import { type Steps, stepSize } from '../core/time/steps.ts'

/** Those that the young period, which has just ended, has left. */
export function* lookingAtTypes(): Steps<ReadonlyMap<string, number>> {
  const types = new Map<string, number>()
  let count = 0
  // Between two steps the table may be swept.
  for (const record of state.old.slice()) {
    count += 1
    if (count % stepSize === 0) yield
    if (whereAlive(record) === null) continue
    const { type } = record.kind
    types.set(type, (types.get(type) ?? 0) + 1)
  }
  return types
}
