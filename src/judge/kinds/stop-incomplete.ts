import { type EngineKind, holdsAny, isRunningState, severityByHoldings } from './kind.ts'
import { startedAgainBy } from './started-again.ts'

/** Its stop finished, and left handles or engines behind, or a timer that has started it again. */
export const kind: EngineKind = {
  of: 'engine',
  fits: (judged, { now }) => {
    if (!holdsAny(judged)) return false
    if (isRunningState(judged.state)) return !judged.isCollected && startedAgainBy(judged.engine) !== null
    if (judged.state !== 'stopped') return false
    const { traits, stoppedAt } = judged.engine
    // What its library leaves for some seconds ends by itself.
    return (traits?.lingersMs ?? 0) === 0 || now - (stoppedAt ?? now) >= (traits?.lingersMs ?? 0)
  },
  severity: severityByHoldings,
  outranks: ['never-stopped'],
}
