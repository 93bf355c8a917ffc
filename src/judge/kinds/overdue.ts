import { isOverdue } from '../siblings/siblings.ts'
import { type EngineKind, severityByHoldings } from './kind.ts'

/** It runs for far longer than its siblings did. */
export const kind: EngineKind = {
  of: 'engine',
  fits: ({ engine, isCollected }, { siblings, ageOf }) => !isCollected && isOverdue(engine, siblings, ageOf),
  severity: severityByHoldings,
  outranks: ['never-stopped'],
  blames: 'unless-worse',
  isRunning: true,
  isReportedByChecks: true,
}
