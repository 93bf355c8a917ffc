/** What is alive in, faults out. Pure: it reads records and changes none. */
import type { EngineRecord } from '../core/engine-record.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { isFinal, type Severity, type Trigger, type Verdict } from './verdict.ts'

/** One judged engine or orphan, before those with the same fingerprint are put together. */
export interface Fault {
  kind: Verdict
  severity: Severity
  engine: EngineRecord | null
  /** All it holds, its children's too. */
  handles: OwnedHandle[]
  /** The engines it started and that still run, at any depth. */
  children: EngineRecord[]
}

export interface Conditions {
  trigger: Trigger
  /** On `core/clock`'s `now`. */
  now: number
  graceMs: number
  stallMs: number
}

/** A one-shot timer due this soon ends by itself. */
const soonMs = 10_000

interface Holdings {
  own: OwnedHandle[]
  children: EngineRecord[]
}

export function judge({ engines, handles }: Stock, conditions: Conditions): Fault[] {
  const holdings = groupByEngine(engines, handles)
  const faults = new Map<EngineRecord, Fault>()
  for (const [engine] of holdings) {
    const fault = judgeEngine(engine, holdings, conditions)
    if (fault !== null) faults.set(engine, fault)
  }
  const blamed = [...faults.values()].filter((fault) => !isCoveredByParent(fault, faults))
  const orphans = handles
    .filter(({ owner }) => owner === null)
    .map((handle) => judgeOrphan(handle, conditions))
  return [...blamed, ...orphans]
}

function groupByEngine(engines: EngineRecord[], handles: OwnedHandle[]): Map<EngineRecord, Holdings> {
  const holdings = new Map<EngineRecord, Holdings>()
  const of = (engine: EngineRecord): Holdings => {
    let held = holdings.get(engine)
    if (held === undefined) {
      held = { own: [], children: [] }
      holdings.set(engine, held)
      if (engine.parent !== null) of(engine.parent).children.push(engine)
    }
    return held
  }
  for (const engine of engines) of(engine)
  for (const handle of handles) if (handle.owner !== null) of(handle.owner).own.push(handle)
  return holdings
}

function isRunning(engine: EngineRecord, own: OwnedHandle[]): boolean {
  if (engine.state === 'starting' || engine.state === 'running' || engine.state === 'stopping') return true
  // Its constructor opened a handle, and it was never started: `new` was its start.
  return engine.state === 'created' && own.length > 0
}

function judgeEngine(
  engine: EngineRecord,
  holdings: Map<EngineRecord, Holdings>,
  conditions: Conditions,
): Fault | null {
  const { own } = holdings.get(engine) as Holdings
  const { handles, children } = subtree(engine, holdings)
  const direct = children.filter(({ parent }) => parent === engine)
  const holdsAny = handles.length + children.length > 0
  const kind = faultKind(engine, own, startsHeld(own, direct), holdsAny, conditions)
  if (kind === null) return null
  return {
    kind,
    severity: severityOf(kind, engine, handles, children, conditions),
    engine,
    handles,
    children,
  }
}

/** What the engine and the engines that it started and that still run hold together. */
function subtree(
  root: EngineRecord,
  holdings: Map<EngineRecord, Holdings>,
): { handles: OwnedHandle[]; children: EngineRecord[] } {
  const handles: OwnedHandle[] = []
  const children: EngineRecord[] = []
  const seen = new Set([root])
  const queue = [root]
  for (let engine = queue.shift(); engine !== undefined; engine = queue.shift()) {
    const held = holdings.get(engine) as Holdings
    handles.push(...held.own)
    for (const child of held.children) {
      if (seen.has(child) || !isRunning(child, holdings.get(child)?.own ?? [])) continue
      seen.add(child)
      children.push(child)
      queue.push(child)
    }
  }
  return { handles, children }
}

function faultKind(
  engine: EngineRecord,
  own: OwnedHandle[],
  starts: ReadonlySet<number>,
  holdsAny: boolean,
  { trigger, now, graceMs, stallMs }: Conditions,
): Verdict | null {
  switch (engine.state) {
    case 'failed':
      return holdsAny ? 'start-failed' : null
    case 'stopped':
      if (!holdsAny) return null
      return isLeftFromEarlierStart(engine, starts) ? 'restarted' : 'stop-incomplete'
    case 'stopping': {
      const pendingMs = now - (engine.stopCalledAt ?? now)
      // A core engine closes by itself once its stop was called; a program's own may never.
      if (trigger === 'exit' && engine.origin === 'core' && pendingMs < graceMs) return null
      return isFinal(trigger) || pendingMs > stallMs ? 'stop-pending' : null
    }
    case 'created':
      return own.length > 0 ? 'never-stopped' : null
    default:
      if (engine.target !== null && engine.target.deref() === undefined) {
        if (own.length > 0 || engine.origin === 'explicit') return 'abandoned'
        // What it started runs on, and it was for its stop to end that.
        return holdsAny ? 'never-stopped' : null
      }
      return isHeldByTwoStarts(engine, starts) ? 'restarted' : 'never-stopped'
  }
}

/** From which of its starts something is left: handles, and engines that it started. */
function startsHeld(own: readonly OwnedHandle[], children: readonly EngineRecord[]): Set<number> {
  return new Set([...own.map(({ start }) => start), ...children.map(({ parentStart }) => parentStart)])
}

function isHeldByTwoStarts({ firstStart }: EngineRecord, starts: ReadonlySet<number>): boolean {
  return [...starts].filter((start) => start >= firstStart).length > 1
}

function isLeftFromEarlierStart(engine: EngineRecord, starts: ReadonlySet<number>): boolean {
  return [...starts].some((start) => start >= engine.firstStart && start < engine.starts)
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
    if (engine.detached && handles.every(({ ref }) => !ref)) return 'warning'
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
function isCoveredByParent({ kind, engine }: Fault, faults: Map<EngineRecord, Fault>): boolean {
  if (kind !== 'never-stopped' || engine === null) return false
  let child = engine
  for (let parent = engine.parent; parent !== null; parent = parent.parent) {
    const fault = faults.get(parent)
    if (fault?.children.includes(engine))
      return fault.kind !== 'never-stopped' || !isStoppedElsewhere(child, parent)
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
  return { kind: 'orphan', severity, engine: null, handles: [handle], children: [] }
}
