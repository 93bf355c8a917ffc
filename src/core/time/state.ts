/** What this room remembers, in one object, so that a test can begin anew. */
import type { Alarm } from './clock.ts'
import type { Gap } from './suspensions.ts'
import type { Stage } from './young-period.ts'

interface TimeState {
  /** The handle that async_hooks announces at this moment is a timer of leakwatch's own. */
  isMakingTimer: boolean
  /** How many waits of leakwatch's own keep the process alive. */
  holding: number
  /** Made once, with the first need of time, and set anew for each use. */
  readonly alarms: Alarm[]
  /** What is to be done when the young period ends, in this order. */
  stages: readonly Stage[]
  /** Unsets the alarm that ends the young period; `null`: nothing is young. */
  cancelEnd: (() => void) | null
  /** Those that tell of garbage collections: one that nobody holds is collected itself. */
  registries: Set<FinalizationRegistry<null>>
  /** The latest times in which nothing ran. */
  gaps: Gap[]
}

function fresh(): Omit<TimeState, 'alarms'> {
  return { isMakingTimer: false, holding: 0, stages: [], cancelEnd: null, registries: new Set(), gaps: [] }
}

export const state: TimeState = { alarms: [], ...fresh() }

/** For tests: as if nothing had happened yet. What was to be done later is not done. */
export function beginAnew(): void {
  for (const alarm of state.alarms) alarm.callback = null
  Object.assign(state, fresh())
}
