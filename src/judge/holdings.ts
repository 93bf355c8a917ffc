/** What each engine holds: its own handles, and the engines that it started. Pure. */
import type { EngineRecord } from '../core/records/engine-record.ts'
import type { OwnedHandle } from '../core/stock.ts'
import { type Steps, stepSize } from '../core/time/steps.ts'
import { isRunningState } from './kinds/kind.ts'

export interface Holdings {
  own: OwnedHandle[]
  /** Those that have ended, too. */
  children: EngineRecord[]
}

export type HoldingsByEngine = ReadonlyMap<EngineRecord, Holdings>

export function* groupingByEngine(
  engines: EngineRecord[],
  handles: OwnedHandle[],
): Steps<Map<EngineRecord, Holdings>> {
  const holdings = new Map<EngineRecord, Holdings>()
  const of = (engine: EngineRecord): Holdings => {
    const known = holdings.get(engine)
    if (known !== undefined) return known
    const own: Holdings = { own: [], children: [] }
    holdings.set(engine, own)
    // Up to the first that is known; engines may stand in a chain of thousands.
    for (let child = engine; child.parent !== null; child = child.parent) {
      const held = holdings.get(child.parent)
      held?.children.push(child)
      if (held !== undefined) break
      holdings.set(child.parent, { own: [], children: [child] })
    }
    return own
  }
  let count = 0
  for (const engine of engines) {
    of(engine)
    count += 1
    if (count % stepSize === 0) yield
  }
  for (const handle of handles) {
    if (handle.owner !== null) of(handle.owner).own.push(handle)
    count += 1
    if (count % stepSize === 0) yield
  }
  return holdings
}

export function isRunning(engine: EngineRecord, holdings: HoldingsByEngine): boolean {
  const { state } = engine
  if (isRunningState(state) || state === 'stopping') return true
  if (state !== 'created') return false
  // Its constructor opened a handle, or made an engine, and it was never started: `new` was its start.
  const held = holdings.get(engine)
  return held !== undefined && (held.own.length > 0 || runningChildren(held, holdings).length > 0)
}

const none: readonly never[] = []

export function runningChildren({ children }: Holdings, holdings: HoldingsByEngine): readonly EngineRecord[] {
  if (children.length === 0) return none
  return children.filter((child) => isRunning(child, holdings))
}

/** What the engine and the engines that it started and that still run hold together. */
export function subtree(
  root: EngineRecord,
  holdings: HoldingsByEngine,
): { handles: OwnedHandle[]; children: EngineRecord[] } {
  const { own, children: started } = holdings.get(root) as Holdings
  if (started.length === 0) return { handles: own, children: [] }
  const children = new Set<EngineRecord>()
  let handles: OwnedHandle[] | null = null
  const gather = (engine: EngineRecord): void => {
    const held = holdings.get(engine) as Holdings
    // What was taken from it is told by itself.
    for (const child of runningChildren(held, holdings))
      if (child !== root && !child.lease) children.add(child)
  }
  gather(root)
  // A set that grows while it is looked through is looked through to its end.
  for (const child of children) {
    gather(child)
    handles ??= [...own]
    for (const each of (holdings.get(child) as Holdings).own) handles.push(each)
  }
  return { handles: handles ?? own, children: [...children] }
}
