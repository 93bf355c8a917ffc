import { type EngineKind, isOneShot, isRunningState, severityByHoldings } from './kind.ts'

/** It was garbage-collected while it ran. */
export const kind: EngineKind = {
  of: 'engine',
  fits: ({ engine, state, own, isCollected }) =>
    isRunningState(state) &&
    isCollected &&
    (own.length > 0 || engine.origin === 'explicit') &&
    !isOneShot(engine, own),
  severity: severityByHoldings,
  outranks: ['never-stopped'],
  isRunning: true,
  isReportedByChecks: true,
}
