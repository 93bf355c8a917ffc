/** The stops of a shutdown that are more than are kept. Loaded with the first of them. */
import type { EngineRecord } from '../records/engine-record.ts'
import { state } from './state.ts'

/** Past the limit only what may still be stopping is kept: it is what matters. */
export function noteBeyond(record: EngineRecord, limit: number): void {
  const { shutdown } = state
  const { beyond } = shutdown
  beyond.add(record)
  if (beyond.size < Math.max(limit, shutdown.beyondUntilLook)) return
  for (const each of beyond) {
    if (each.stoppedAt === null) continue
    beyond.delete(each)
    shutdown.omitted += 1
  }
  shutdown.beyondUntilLook = Math.max(limit, beyond.size * 2)
}
