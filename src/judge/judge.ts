/** What is alive in, faults out. Pure: it reads records and changes none. */
import type { EngineRecord, EngineState } from '../core/engine-record.ts'
import { type Steps, stepSize } from '../core/steps.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { type AgeOf, isOverdue, type Stays } from './staying.ts'
import { isFinal, isTold, type Severity, type Trigger, type Verdict } from './verdict.ts'

/** One judged engine or orphan, before those with the same fingerprint are put together. */
export interface Fault {
  kind: Verdict
  severity: Severity
  engine: EngineRecord | null
  /** The engine's when it was judged; what happens to it afterwards is not told. */
  state: JudgedState | null
  /** All it holds, its children's too. */
  handles: OwnedHandle[]
  /** The engines it started and that still run, at any depth. */
  children: EngineRecord[]
}

/** What was alive, and what is wrong with it. */
export interface Judged {
  stock: Stock
  faults: Fault[]
}

interface JudgedState {
  name: EngineState
  starts: number
}

interface Judgement {
  kind: Verdict
  state: JudgedState
}

export interface Conditions {
  trigger: Trigger
  /** On `core/clock`'s `now`. */
  now: number
  graceMs: number
  /** 0: a stop may take as long as it likes, while the process lives. */
  stallMs: number
  /** What the process has shown of those that run; nothing in final reports, where all of them should have been stopped. */
  stays: Stays
  ageOf: AgeOf
}

/** A one-shot timer due this soon ends by itself. */
const soonMs = 10_000

interface Holdings {
  own: OwnedHandle[]
  children: EngineRecord[]
}

type AllHoldings = ReadonlyMap<EngineRecord, Holdings>

/** Who is blamed is decided by what each engine holds itself: what is below it is gathered for those alone. */
export function* judging({ engines, handles }: Stock, conditions: Conditions): Steps<Fault[]> {
  const holdings = yield* groupingByEngine(engines, handles)
  const kinds = new Map<EngineRecord, Judgement>()
  let count = 0
  for (const [engine, held] of holdings) {
    const kind = faultKind(engine, held, runningChildren(held, holdings), conditions)
    if (kind !== null) kinds.set(engine, { kind, state: { name: engine.state, starts: engine.starts } })
    count += 1
    if (count % stepSize === 0) yield
  }
  const faults: Fault[] = []
  for (const [engine, { kind, state }] of kinds) {
    count += 1
    if (count % stepSize === 0) yield
    const isStaying = kind === 'never-stopped' || kind === 'overdue'
    if (isStaying && isCoveredByParent(engine, kind, kinds, holdings, conditions)) continue
    const { handles, children } = subtree(engine, holdings)
    const blame = (kind: Verdict) => {
      const severity = severityOf(kind, engine, handles, children, conditions)
      return { kind, severity, engine, state, handles, children }
    }
    const growing = isStaying && isGrowing(engine, conditions) ? blame('growing') : null
    const tellsGrowth = growing?.severity === 'leak'
    if (tellsGrowth) faults.push(growing)
    if (!tellsGrowth || kind === 'overdue') faults.push(blame(kind))
  }
  for (const handle of handles) {
    if (handle.owner === null) faults.push(judgeOrphan(handle, conditions))
    count += 1
    if (count % stepSize === 0) yield
  }
  return faults
}

function* groupingByEngine(
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

function isRunning(engine: EngineRecord, own: readonly OwnedHandle[]): boolean {
  if (engine.state === 'starting' || engine.state === 'running' || engine.state === 'stopping') return true
  // Its constructor opened a handle, and it was never started: `new` was its start.
  return engine.state === 'created' && own.length > 0
}

const none: readonly never[] = []

function runningChildren({ children }: Holdings, holdings: AllHoldings): readonly EngineRecord[] {
  if (children.length === 0) return none
  return children.filter((child) => isRunning(child, holdings.get(child)?.own ?? []))
}

/** What the engine and the engines that it started and that still run hold together. */
function subtree(
  root: EngineRecord,
  holdings: AllHoldings,
): { handles: OwnedHandle[]; children: EngineRecord[] } {
  const { own, children: started } = holdings.get(root) as Holdings
  if (started.length === 0) return { handles: own, children: [] }
  const children = new Set<EngineRecord>()
  let handles: OwnedHandle[] | null = null
  const gather = (engine: EngineRecord): void => {
    const held = holdings.get(engine) as Holdings
    for (const child of runningChildren(held, holdings)) if (child !== root) children.add(child)
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

function faultKind(
  engine: EngineRecord,
  { own }: Holdings,
  children: readonly EngineRecord[],
  { trigger, now, graceMs, stallMs, stays, ageOf }: Conditions,
): Verdict | null {
  const holdsAny = own.length + children.length > 0
  switch (engine.state) {
    case 'failed':
      return holdsAny ? 'start-failed' : null
    case 'stopped':
      if (!holdsAny) return null
      return isLeftFromEarlierStart(engine, own, children) ? 'restarted' : 'stop-incomplete'
    case 'stopping': {
      const pendingMs = now - (engine.stopCalledAt ?? now)
      // A core engine closes by itself once its stop was called; a program's own may never.
      if (trigger === 'exit' && engine.origin === 'core' && pendingMs < graceMs) return null
      return isFinal(trigger) || (stallMs > 0 && pendingMs > stallMs) ? 'stop-pending' : null
    }
    case 'created':
      return own.length > 0 ? 'never-stopped' : null
    default:
      if (engine.target !== null && engine.target.deref() === undefined) {
        if (own.length > 0 || engine.origin === 'explicit') return 'abandoned'
        // What it started runs on, and it was for its stop to end that.
        return holdsAny ? 'never-stopped' : null
      }
      if (isHeldByTwoStarts(engine, own, children)) return 'restarted'
      return isOverdue(engine, stays, ageOf) ? 'overdue' : 'never-stopped'
  }
}

function isGrowing({ place }: EngineRecord, { trigger }: Conditions): boolean {
  return !isFinal(trigger) && place?.growth?.isGrowing === true
}

/** From which of its starts something is left: handles, and engines that it started. */
function startsHeld(own: readonly OwnedHandle[], children: readonly EngineRecord[]): Set<number> {
  const starts = new Set<number>()
  for (const { start } of own) starts.add(start)
  for (const { parentStart } of children) starts.add(parentStart)
  return starts
}

function isHeldByTwoStarts(
  { firstStart, starts }: EngineRecord,
  own: readonly OwnedHandle[],
  children: readonly EngineRecord[],
): boolean {
  if (starts <= firstStart) return false
  return [...startsHeld(own, children)].filter((start) => start >= firstStart).length > 1
}

function isLeftFromEarlierStart(
  { firstStart, starts }: EngineRecord,
  own: readonly OwnedHandle[],
  children: readonly EngineRecord[],
): boolean {
  if (starts <= firstStart) return false
  return [...startsHeld(own, children)].some((start) => start >= firstStart && start < starts)
}

/** A child process that is meant to outlive its parent: started `detached`, and unref'd. */
export function isLeftBehind({ detached }: EngineRecord, handles: readonly OwnedHandle[]): boolean {
  return detached && handles.every(({ ref }) => !ref)
}

function severityOf(
  kind: Verdict,
  engine: EngineRecord,
  handles: OwnedHandle[],
  children: EngineRecord[],
  { trigger }: Conditions,
): Severity {
  if (kind === 'never-stopped') {
    if (!isFinal(trigger)) return 'warning'
    if (isLeftBehind(engine, handles)) return 'warning'
  }
  if (engine.origin === 'explicit' || engine.origin === 'core') return 'leak'
  const holds =
    handles.length > 0 || children.some(({ origin }) => origin === 'explicit' || origin === 'core')
  return holds ? 'leak' : 'warning'
}

/**
 * Blame goes to the outermost engine whose stop is missing; a fault that is the child's own stays its own. So does a
 * child's missing stop where its parent still runs and others that the parent started there were stopped meanwhile:
 * one engine a request, and one path that forgets it.
 */
function isCoveredByParent(
  engine: EngineRecord,
  kind: Verdict,
  kinds: ReadonlyMap<EngineRecord, Judgement>,
  holdings: AllHoldings,
  conditions: Conditions,
): boolean {
  const isOwnFault = kind === 'overdue' || isGrowing(engine, conditions)
  let child = engine
  for (let parent = engine.parent; parent !== null; parent = parent.parent) {
    const above = kinds.get(parent)?.kind
    if (above !== undefined) {
      if (isGrowing(parent, conditions)) return true
      if (above !== 'never-stopped' && isTold(above, conditions.trigger)) return true
      if (above === 'never-stopped' && !isOwnFault) return !isStoppedElsewhere(child, parent)
    }
    // Nothing above what has ended holds what is below it.
    if (!isRunning(parent, holdings.get(parent)?.own ?? [])) return false
    child = parent
  }
  return false
}

function isStoppedElsewhere({ place }: EngineRecord, parent: EngineRecord): boolean {
  return place !== null && parent.stoppedPlaces?.has(place) === true
}

/** A file handle has no flag to be unref'd by; open, it holds its descriptor. */
function judgeOrphan(handle: OwnedHandle, { trigger }: Conditions): Fault {
  const endsByItself = handle.dueMs !== null && handle.dueMs <= soonMs
  const isHeld = handle.ref || handle.live.record.kind.type === 'FILEHANDLE'
  const severity = isFinal(trigger) && isHeld && !endsByItself ? 'leak' : 'warning'
  return { kind: 'orphan', severity, engine: null, state: null, handles: [handle], children: [] }
}
