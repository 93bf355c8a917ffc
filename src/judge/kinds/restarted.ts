import { givesToCallers } from '../../core/ownership/callbacks.ts'
import { isInternal } from '../../core/stacks/frames.ts'
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

/** What an engine holds, or the name of an engine that it holds, from one of its starts. */
interface Held {
  readonly start: number
  readonly name: string
  /** Where a handle was opened; `null`: no stack tells. */
  readonly place: string | null
}

/** From its starts since it was last stopped. */
function heldOf({ engine, own, children }: JudgedEngine): Held[] {
  const handles = own
    .filter((handle) => !isPassing(handle))
    .map(({ start, live: { record, resource } }) => {
      const frame = record.stack?.frames.find((each) => !isInternal(each))
      const place = frame === undefined ? null : `${frame.file}:${frame.line}:${frame.column}`
      return { start, name: record.kind.name(resource), place }
    })
  const engines = children.map(({ parentStart, name }) => ({ start: parentStart, name, place: null }))
  return [...handles, ...engines].filter(({ start }) => start >= engine.firstStart)
}

/** Two starts have opened the same: `enable()` called again may only wind a timer up, beside what the first call opened once. */
function holdsOfTwoStarts(judged: JudgedEngine): boolean {
  const { firstStart, starts } = judged.engine
  if (starts <= firstStart) return false
  const held = heldOf(judged)
  const isTwice = held.some((one) => held.some((other) => one.start < other.start && areAlike(one, other)))
  return isTwice && !isPool(judged, Math.max(...held.map(({ start }) => start)))
}

function areAlike(one: Held, other: Held): boolean {
  return one.name === other.name && (one.place === null || other.place === null || one.place === other.place)
}

function holdsOfEarlierStart(judged: JudgedEngine): boolean {
  const { firstStart, starts } = judged.engine
  const isHeld = starts > firstStart && heldOf(judged).some(({ start }) => start < starts)
  return isHeld && !isPool(judged, starts)
}

/** The deadline of who waits for the one connection that an earlier start has asked for. */
function isPassing(handle: OwnedHandle): boolean {
  return handle.dueMs !== null && !goesOn(handle)
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
