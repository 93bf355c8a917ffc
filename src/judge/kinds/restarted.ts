import { isInternal } from '../../core/stacks/frames.ts'
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

/** What an engine holds, or the name of an engine that it holds, from one of its starts. */
interface Held {
  readonly start: number
  readonly name: string
  /** Where a handle was opened; `null`: no stack tells. */
  readonly place: string | null
}

/** From its starts since it was last stopped. */
function heldOf({ engine, own, children }: JudgedEngine): Held[] {
  const handles = own.map(({ start, live: { record, resource } }) => {
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
  return held.some((one) => held.some((other) => one.start < other.start && areAlike(one, other)))
}

function areAlike(one: Held, other: Held): boolean {
  return one.name === other.name && (one.place === null || other.place === null || one.place === other.place)
}

function holdsOfEarlierStart(judged: JudgedEngine): boolean {
  const { firstStart, starts } = judged.engine
  return starts > firstStart && heldOf(judged).some(({ start }) => start < starts)
}
