/** The shutdown that a report tells of. */
import type { EngineRecord } from '../records/engine-record.ts'
import { state } from './state.ts'

export interface BegunShutdown {
  startedAt: number
  order: readonly EngineRecord[]
  /** Stops that have finished, and are not in `order`: there were too many. */
  omitted: number
}

/** `null` while the program runs on. */
export function shutdown(): BegunShutdown | null {
  const { startedAt, order, beyond, omitted } = state.shutdown
  if (startedAt === null) return null
  const pending = [...beyond].filter(({ stoppedAt }) => stoppedAt === null)
  return {
    startedAt,
    order: pending.length === 0 ? order : [...order, ...pending],
    omitted: omitted + beyond.size - pending.length,
  }
}
