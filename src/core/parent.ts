/** Whose child an engine becomes when it is started. */
import type { EngineRecord } from './engine-record.ts'

const ancestorsLimit = 16

/** Who started it. An engine that restarts the one that started it is no child of it, and a chain of a thousand is cut. */
export function parentFor(record: EngineRecord, caller: EngineRecord | null): EngineRecord | null {
  let depth = 0
  for (let each = caller; each !== null; each = each.parent) {
    depth += 1
    if (each === record || depth > ancestorsLimit) return null
  }
  return caller
}
