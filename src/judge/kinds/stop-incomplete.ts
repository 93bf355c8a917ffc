import { type EngineKind, holdsAny, isRunningState, severityByHoldings } from './kind.ts'
import { startedAgainBy } from './started-again.ts'
import { isFinal } from './trigger.ts'

/** Its stop finished, and left handles or engines behind, or a timer that has started it again. */
export const kind: EngineKind = {
  of: 'engine',
  fits: (judged, { now, trigger }) => {
    const holds = holdsAny(judged)
    if (isRunningState(judged.state)) {
      // Between two tries it may hold nothing for a moment.
      return (holds || isFinal(trigger)) && !judged.isCollected && startedAgainBy(judged.engine) !== null
    }
    if (!holds) return false
    if (judged.state !== 'stopped') return false
    const { cls, stop, traits, stoppedAt } = judged.engine
    // `cache.clear()` in a process that goes on.
    if (!isFinal(trigger) && cls?.passingStops.has(stop) === true) return false
    // What its library leaves for some seconds ends by itself.
    return (traits?.lingersMs ?? 0) === 0 || now - (stoppedAt ?? now) >= (traits?.lingersMs ?? 0)
  },
  severity: severityByHoldings,
  outranks: ['never-stopped'],
}
