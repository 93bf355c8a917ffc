/** What is alive in, faults out. Pure: it reads records and changes none. */
import type { EngineRecord, EngineState } from '../core/records/engine-record.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { type Steps, stepSize } from '../core/time/steps.ts'
import { groupingByEngine, type HoldingsByEngine, isRunning, runningChildren, subtree } from './holdings.ts'
import { engineKinds, handleKinds, isReportedAt, placeKinds } from './kinds/by-subject.ts'
import { methodText } from './kinds/callback-text.ts'
import { keptBy } from './kinds/kept.ts'
import {
  type Conditions,
  type EngineKind,
  isRunningState,
  type JudgedEngine,
  type Severity,
} from './kinds/kind.ts'
import type { Kind } from './kinds/list.ts'

/** One judged engine or orphan, before those with the same fingerprint are put together. */
export interface Fault {
  kind: Kind
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

/** A faulty engine, before it is decided who is to blame. */
interface Verdict {
  name: Kind
  kind: EngineKind
  state: JudgedState
}

type Verdicts = ReadonlyMap<EngineRecord, Verdict>

/** What each engine holds itself decides who is blamed: what is below it is gathered for those alone. */
export function* judging({ engines, handles }: Stock, conditions: Conditions): Steps<Fault[]> {
  const holdings = yield* groupingByEngine(engines, handles)
  const verdicts = new Map<EngineRecord, Verdict>()
  let count = 0
  for (const [engine, held] of holdings) {
    const verdict = verdictOn(engine, held.own, runningChildren(held, holdings), conditions)
    if (verdict !== null) verdicts.set(engine, verdict)
    count += 1
    if (count % stepSize === 0) yield
  }
  const faults: Fault[] = []
  const keeping: Keeping = new Map()
  for (const [engine, verdict] of verdicts) {
    count += 1
    if (count % stepSize === 0) yield
    if (isCoveredByParent(engine, verdict, verdicts, holdings, conditions, keeping)) continue
    faults.push(...faultsOf(engine, verdict, holdings, conditions))
  }
  for (const handle of handles) {
    const fault = faultOfHandle(handle, conditions)
    if (fault !== null) faults.push(fault)
    count += 1
    if (count % stepSize === 0) yield
  }
  return faults
}

function verdictOn(
  engine: EngineRecord,
  own: readonly OwnedHandle[],
  children: readonly EngineRecord[],
  conditions: Conditions,
): Verdict | null {
  const { state, starts, target } = engine
  const isCollected = isRunningState(state) && target !== null && target.deref() === undefined
  const judged: JudgedEngine = { engine, state, own, children, isCollected }
  const found = engineKinds.find(({ kind }) => kind.fits(judged, conditions))
  return found === undefined ? null : { ...found, state: { name: state, starts } }
}

/** One fault of its own, and those of its place that go with it. */
function faultsOf(
  engine: EngineRecord,
  { name, kind, state }: Verdict,
  holdings: HoldingsByEngine,
  conditions: Conditions,
): Fault[] {
  const below = subtree(engine, holdings)
  const { handles } = below
  const children = kind.tellsOfLeases === true ? leasesOf(engine, holdings) : below.children
  const faultOf = (kind: Kind, severity: Severity): Fault => ({
    kind,
    severity,
    engine,
    state,
    handles,
    children,
  })
  const blamed = { engine, handles, children }
  const ofPlace = placeKinds.filter(
    (each) =>
      each.kind.goesWith[name] !== undefined &&
      each.kind.fits(engine, conditions) &&
      each.kind.severity(blamed, conditions) === 'leak',
  )
  const faults = ofPlace.map((each) => faultOf(each.name, 'leak'))
  const isReplaced = ofPlace.some((each) => each.kind.goesWith[name] === 'instead')
  return isReplaced ? faults : [...faults, faultOf(name, kind.severity(blamed, conditions))]
}

function leasesOf(engine: EngineRecord, holdings: HoldingsByEngine): EngineRecord[] {
  const held = holdings.get(engine)
  return held === undefined ? [] : runningChildren(held, holdings).filter(({ lease }) => lease)
}

/**
 * Blame goes to the outermost engine whose stop is missing; a fault that is the child's own stays its own. A child's missing stop
 * is its own, too, where its parent still runs and others that the parent started there were stopped meanwhile: one engine a
 * request, and one path that forgets it. What the parent keeps, as a pool that recycles its workers does, its stop ends.
 */
function isCoveredByParent(
  engine: EngineRecord,
  { kind }: Verdict,
  verdicts: Verdicts,
  holdings: HoldingsByEngine,
  conditions: Conditions,
  keeping: Keeping,
): boolean {
  const { blames = 'engine' } = kind
  const lender = engine.lease && engine.parent !== null ? verdicts.get(engine.parent) : undefined
  if (lender?.kind.tellsOfLeases === true) return true
  // A client's pool waits for what was taken from the client.
  if (engine.state === 'stopping' && ancestors(engine).some((each) => waitsForLease(each, holdings)))
    return true
  // What was taken is to be given back by whoever took it, whatever becomes of what it was taken from.
  if (blames === 'engine' || (engine.lease && engine.traits?.endsWithParent !== true)) return false
  const isOwnFault = blames !== 'outermost' || hasFaultyPlace(engine, conditions)
  let child = engine
  for (let parent = engine.parent; parent !== null; parent = parent.parent) {
    if (waitsForLease(parent, holdings)) return true
    const above = verdicts.get(parent)
    if (above !== undefined) {
      if (hasFaultyPlace(parent, conditions)) return true
      if (above.kind.blames !== 'outermost') {
        if (isReportedAt(above.name, conditions.trigger)) return true
      } else if (!isOwnFault) {
        if (!isStoppedElsewhere(child, parent)) return true
        // What was taken stays in the parent's list until it is given back.
        return !child.lease && endsWith(child, parent, keeping)
      }
    }
    // What has ended separates what is below it from what is above.
    if (!isRunning(parent, holdings)) return false
    child = parent
  }
  return false
}

function ancestors({ parent }: EngineRecord): EngineRecord[] {
  return parent === null ? [] : [parent, ...ancestors(parent)]
}

/** Its stop waits for what was taken from it: that is told, and nothing of what it holds meanwhile. */
function waitsForLease(engine: EngineRecord, holdings: HoldingsByEngine): boolean {
  return engine.state === 'stopping' && engine.traits !== null && leasesOf(engine, holdings).length > 0
}

function hasFaultyPlace(engine: EngineRecord, conditions: Conditions): boolean {
  return placeKinds.some(({ kind }) => kind.fits(engine, conditions))
}

function isStoppedElsewhere({ place }: EngineRecord, parent: EngineRecord): boolean {
  return place !== null && parent.stoppedPlaces?.has(place) === true
}

/** What the engines keep that were asked for it. */
type Keeping = Map<EngineRecord, ReadonlyMap<object, boolean>>

/** Whether the parent's stop can end the child: the parent keeps it, or its stop calls that of what it keeps in private. */
function endsWith(child: EngineRecord, parent: EngineRecord, keeping: Keeping): boolean {
  const [target, keeper] = [child.target?.deref(), parent.target?.deref()]
  if (target === undefined || keeper === undefined) return false
  let kept = keeping.get(parent)
  if (kept === undefined) {
    kept = keptBy(keeper)
    keeping.set(parent, kept)
  }
  return kept.has(target) || stopsPrivate(methodText(keeper, parent.stop)).includes(child.stop)
}

/** `this.#worker.kill()`, `for (const each of this.#workers) each.kill()`: the verbs. */
const privateStop = /(?:\bthis\.#[\w$]+|(?<![.\w$#])(?!this\b)[\w$]+)(?:\?|!)?\.([\w$]+)\(/g

function stopsPrivate(text: string): string[] {
  return text.includes('#') ? [...text.matchAll(privateStop)].map(([, verb]) => verb as string) : []
}

function faultOfHandle(handle: OwnedHandle, conditions: Conditions): Fault | null {
  if (handle.isStdin) return null
  const found = handleKinds.find(({ kind }) => kind.fits(handle, conditions))
  if (found === undefined) return null
  const severity = found.kind.severity(handle, conditions)
  return { kind: found.name, severity, engine: null, state: null, handles: [handle], children: [] }
}
