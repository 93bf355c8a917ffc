import { type EngineKind, isRunningState, severityByHoldings } from './kind.ts'

/** It was garbage-collected while it ran. */
export const kind: EngineKind = {
  of: 'engine',
  fits: ({ engine, state, own, isCollected }) =>
    isRunningState(state) && isCollected && (own.length > 0 || engine.origin === 'explicit'),
  severity: severityByHoldings,
  outranks: ['never-stopped'],
  isRunning: true,
  isReportedByChecks: true,
}
