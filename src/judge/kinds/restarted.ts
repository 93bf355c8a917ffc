import { type EngineKind, isRunningState, type JudgedEngine, severityByHoldings } from './kind.ts'

/** It was started again while it ran, and what an earlier start opened is still there. */
export const kind: EngineKind = {
  of: 'engine',
  fits: (judged) => {
    if (judged.state === 'stopped') return holdsOfEarlierStart(judged)
    return isRunningState(judged.state) && !judged.isCollected && holdsOfTwoStarts(judged)
  },
  severity: severityByHoldings,
  outranks: ['stop-incomplete', 'overdue', 'never-stopped'],
  afterwards: 'unknown',
  isRunning: true,
}

/** From which of its starts something is left, handles or engines; only those since it was last stopped. */
function startsHeld({ engine, own, children }: JudgedEngine): Set<number> {
  const starts = new Set<number>()
  for (const { start } of own) starts.add(start)
  for (const { parentStart } of children) starts.add(parentStart)
  for (const start of starts) if (start < engine.firstStart) starts.delete(start)
  return starts
}

function holdsOfTwoStarts(judged: JudgedEngine): boolean {
  const { firstStart, starts } = judged.engine
  return starts > firstStart && startsHeld(judged).size > 1
}

function holdsOfEarlierStart(judged: JudgedEngine): boolean {
  const { firstStart, starts } = judged.engine
  return starts > firstStart && [...startsHeld(judged)].some((start) => start < starts)
}
