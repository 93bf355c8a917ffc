import { patienceMs } from '../../core/records/waiting.ts'
import type { EngineKind } from './kind.ts'
import { isFinal } from './trigger.ts'

/** Callers wait for what it lends, and all that it has is out. */
export const kind: EngineKind = {
  of: 'engine',
  fits: ({ engine, state }, { trigger, now }) => {
    if (isFinal(trigger) || state === 'stopped' || state === 'failed') return false
    const callers = engine.waiting?.() ?? null
    return callers !== null && now - callers.since >= patienceMs(callers.limitMs)
  },
  // What its own calls keep busy is slow, and no leak.
  severity: ({ children }) => (children.some(({ lease }) => lease) ? 'leak' : 'warning'),
  outranks: ['stop-pending', 'overdue', 'never-stopped'],
  tellsOfLeases: true,
  afterwards: 'fault',
  isRunning: true,
  isReportedByChecks: true,
}
