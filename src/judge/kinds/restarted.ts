import { givesToCallers } from '../../core/ownership/callbacks.ts'
import type { OwnedHandle } from '../../core/stock.ts'
import { methodText } from './callback-text.ts'
import { goesOn } from './goes-on.ts'
import { keptBy } from './kept.ts'
import { type EngineKind, isRunningState, type JudgedEngine, severityByHoldings } from './kind.ts'

/** It was started again while it ran, and what an earlier start opened is still there. */
export const kind: EngineKind = {
  of: 'engine',
  fits: (judged) => {
    if (judged.engine.starts <= judged.engine.firstStart) return false
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
  for (const handle of own) if (!isPassing(handle)) starts.add(handle.start)
  for (const { parentStart } of children) starts.add(parentStart)
  for (const start of starts) if (start < engine.firstStart) starts.delete(start)
  return starts
}

/** The deadline of who waits for the one connection that an earlier start has asked for. */
function isPassing(handle: OwnedHandle): boolean {
  return handle.dueMs !== null && !goesOn(handle)
}

function holdsOfTwoStarts(judged: JudgedEngine): boolean {
  const held = startsHeld(judged)
  return held.size > 1 && !isPool(judged, Math.max(...held))
}

function holdsOfEarlierStart(judged: JudgedEngine): boolean {
  const { starts } = judged.engine
  return [...startsHeld(judged)].some((start) => start < starts) && !isPool(judged, starts)
}

/**
 * Each call of its start gives its caller something of its own, or adds to what it keeps: none replaces what an earlier one has opened. The
 * same thing asked for twice by its name is a second start all the same.
 */
function isPool({ engine, own, children }: JudgedEngine, latest: number): boolean {
  if (engine.startedWith !== null) return false
  if (givesToCallers(engine)) return true
  const target = engine.target?.deref()
  if (target === undefined) return false
  if (addsInPrivate(methodText(target, engine.start))) return true
  const isEarlier = (start: number): boolean => start >= engine.firstStart && start < latest
  const handles = own.filter((handle) => isEarlier(handle.start) && !isPassing(handle))
  const engines = children.filter(({ parentStart }) => isEarlier(parentStart))
  const opened = [
    ...handles.map(({ live: { record, resource } }) => record.kind.owner(resource) ?? resource),
    ...engines.map((child) => child.target?.deref() ?? null),
  ]
  const kept = keptBy(target)
  return opened.every((each) => each !== null && kept.get(each) === true)
}

/** `this.#jobs.set(name, setInterval(run, 1000))` */
const added = /\bthis\.#[\w$]+(?:\.(?:set|add|push|unshift)\(|\[[^\]]+\]\s*=[^=])/
const assigned = /\bthis\.#?[\w$]+\s*=[^=]/

/** Whether a start adds to a private collection, and puts nothing in the place of what was there. */
function addsInPrivate(text: string): boolean {
  return added.test(text) && !assigned.test(text)
}
