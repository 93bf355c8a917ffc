/** Takes stock: what is alive at this moment, and whose it is. */

import { bindEngine, engineOf } from './engines/objects.ts'
import { lookBeforeStock, runningEngines, sweepEngines } from './engines/running-engines.ts'
import { startPlace } from './engines/start-place.ts'
import { engineBornFrom } from './handles/follow-handles.ts'
import { isIdle, isOfGlobalFetch, isOfUndici } from './handles/global-fetch.ts'
import { HandleRecord } from './handles/handle-table.ts'
import { type LiveHandle, lookingAtHandles } from './handles/live-handles.ts'
import { correctParent, ownerByCode } from './ownership/owner-by-code.ts'
import { lookingAtPromises } from './promises/promise-watch.ts'
import type { EngineRecord } from './records/engine-record.ts'
import { testOfHandle } from './records/test-scope.ts'
import { recordFault } from './self/faults.ts'
import { isInternal } from './stacks/frames.ts'
import { type Steps, stepSize } from './time/steps.ts'

/** A live handle and its owner, as the judge needs them. */
export interface OwnedHandle {
  readonly live: LiveHandle
  readonly owner: EngineRecord | null
  /** Which start of its owner's it came from. */
  readonly start: number
  readonly ref: boolean
  /** Milliseconds until a one-shot timer ends by itself; `null` for all else. */
  readonly dueMs: number | null
  /** It is the engine, rather than what the engine holds: a server's listening handle. */
  readonly isEngine: boolean
  /** Told to close, and still open. */
  readonly closing: boolean
  /** The process's standard input, which is read: it keeps the process alive, and is no fault. */
  readonly isStdin: boolean
}

export interface Stock {
  engines: EngineRecord[]
  handles: OwnedHandle[]
}

/** Sockets held by a pool, each with its pool's engine; `null`: a pool of Node's own. */
export type PooledSockets = () => Map<object, EngineRecord | null>

/** What this file remembers, in one object, so that a test can begin anew. */
interface StockState {
  /** Why objects are meant to stay, handles or those that have one. */
  meantToStay: WeakMap<object, string>
}

const state: StockState = { meantToStay: new WeakMap() }

/** For tests: as if nothing were meant to stay. */
export function beginAnew(): void {
  state.meantToStay = new WeakMap()
}

/** This handle, or the object that has it, is never a finding. */
export function leaveAlone(object: object, reason: string): void {
  state.meantToStay.set(object, reason)
}

/** The same of a handle, and of those that follow it in a chain. */
export function leaveHandleAlone({ record, resource }: LiveHandle, reason: string): void {
  leaveAlone(resource, reason)
  leaveAlone(record.first ?? record, reason)
}

/** Why a handle stays: for its own sake, or for that of the one with which its chain began. */
function reasonOf({ record, resource }: LiveHandle): string | undefined {
  return (
    state.meantToStay.get(resource) ??
    (record.first === null ? undefined : state.meantToStay.get(record.first))
  )
}

/** Whether what stays for this reason is left out. */
export type LeftOut = (reason: string) => boolean

const always: LeftOut = () => true

/** All that is alive. Each is looked at once: in steps, the first may have closed before the last was. */
export function* takingStock(pooledSockets: PooledSockets, leftOut: LeftOut = always): Steps<Stock> {
  yield* lookingAtPromises()
  lookBeforeStock()
  const live = yield* lookingAtHandles()
  let count = 0
  for (const each of live) {
    bindCoreEngine(each)
    count += 1
    if (count % stepSize === 0) yield
  }
  for (const engine of runningEngines()) {
    correctParent(engine)
    markMeantToStay(engine)
    count += 1
    if (count % stepSize === 0) yield
  }
  const pooled = pooledSockets()
  const handles: OwnedHandle[] = []
  for (const each of live) {
    try {
      const owned = own(each, pooled, leftOut)
      if (owned !== null) handles.push(owned)
    } catch (error) {
      recordFault('whose a handle is', error)
    }
    count += 1
    if (count % stepSize === 0) yield
  }
  sweepEngines()
  yield
  const engines: EngineRecord[] = []
  for (const engine of runningEngines()) {
    startPlace(engine)
    if (!isMeantToStay(engine, leftOut)) engines.push(engine)
    count += 1
    if (count % stepSize === 0) yield
  }
  return { engines, handles: foldParts(handles) }
}

/** The engines alone: none of the handles is looked at. */
export function* lookingAtEngines(): Steps<EngineRecord[]> {
  lookBeforeStock()
  sweepEngines()
  const engines: EngineRecord[] = []
  let count = 0
  for (const engine of runningEngines()) {
    markMeantToStay(engine)
    startPlace(engine)
    if (!isMeantToStay(engine, always)) engines.push(engine)
    count += 1
    if (count % stepSize === 0) yield
  }
  return engines
}

function markMeantToStay(engine: EngineRecord): void {
  const target = engine.target?.deref()
  if (target !== undefined) engine.ignored ??= state.meantToStay.get(target) ?? null
}

/** Whether the engine, or one that started it, or the orphan stays for this reason. */
export function staysFor(
  reason: string,
  engine: EngineRecord | null,
  orphan: LiveHandle | undefined,
): boolean {
  if (engine !== null) return isMeantToStay(engine, (each) => each === reason)
  return orphan !== undefined && reasonOf(orphan) === reason
}

/** What an engine that is meant to stay started, stays with it. */
function isMeantToStay(engine: EngineRecord | null, leftOut: LeftOut): boolean {
  for (let each = engine; each !== null; each = each.parent) {
    if (isReason(each.ignored, leftOut) || isReason(each.test?.allowed, leftOut)) return true
  }
  return false
}

function isReason(reason: string | null | undefined, leftOut: LeftOut): boolean {
  return reason != null && leftOut(reason)
}

function bindCoreEngine({ record, resource }: LiveHandle): void {
  const engine = engineBornFrom(resource)
  const object = record.kind.owner(resource)
  if (engine !== undefined && object !== null) bindEngine(engine, object)
}

/** The file is loaded with the first engine of a library. */
function behindLibrary(owner: EngineRecord, { stack }: LiveHandle['record']): EngineRecord | null {
  const { ownerBehindLibrary } =
    require('./ownership/behind-library.js') as typeof import('./ownership/behind-library.ts')
  return ownerBehindLibrary(owner, stack)
}

function own(
  live: LiveHandle,
  pooled: Map<object, EngineRecord | null>,
  leftOut: LeftOut,
): OwnedHandle | null {
  const { record, resource } = live
  const { kind } = record
  const object = kind.owner(resource)
  if (isReason(reasonOf(live), leftOut)) return null
  if (object !== null && isReason(state.meantToStay.get(object), leftOut)) return null
  const isStdin = kind.isStdin(resource)
  const server = kind.server(resource)
  let owner = record.owner
  let isEngine = engineBornFrom(resource) !== undefined
  if (object !== null) {
    if (pooled.has(object)) {
      owner = pooled.get(object) ?? null
      if (owner === null) return null
    } else if (engineOf(object) !== undefined) {
      owner = engineOf(object) ?? null
      isEngine = true
    } else if (server !== null) {
      const accepting = engineOf(server)
      if (accepting === undefined && isAcceptedBefore(record)) return null
      owner = accepting ?? owner
    }
  }
  if (!isEngine && owner !== null && owner.traits !== null) owner = behindLibrary(owner, record)
  if (!isEngine && !isStdin && record.stack !== null && (owner === null || owner.origin === 'convention')) {
    owner = ownerByCode(owner, record.stack, record.openedAt, object ?? resource)
  }
  if (isMeantToStay(owner, leftOut)) return null
  if (owner === null && isReason(testOfHandle(resource)?.allowed, leftOut)) return null
  const ref = kind.isReferenced(resource)
  // A request that is on its way is the engine's that asked, and transient where nobody did.
  if (record.stack === null) {
    const mayBeFetched = kind.mayBeAccepted && server === null
    if (mayBeFetched && ref && isIdle(object, ref)) return null
  } else if (isOfGlobalFetch(record.stack.frames) && (owner === null || isIdle(object, ref))) return null
  else if (owner === null && isOfUndici(record.stack.frames) && isIdle(object, ref)) return null
  return {
    live,
    owner,
    start: owner === record.owner ? record.start : 0,
    ref,
    dueMs: kind.dueMs(resource),
    isEngine,
    closing: kind.isClosing(resource),
    isStdin,
  }
}

/** A connection of a server that was there before leakwatch: no code has opened it. */
function isAcceptedBefore({ owner, stack }: HandleRecord): boolean {
  return owner === null && stack?.frames.every(isInternal) !== false
}

/** The pipes of a child and the like are shown as one handle with what they belong to, while that is open. */
function foldParts(handles: OwnedHandle[]): OwnedHandle[] {
  const whole = new Map<EngineRecord, OwnedHandle>()
  for (const each of handles) if (each.isEngine && each.owner !== null) whole.set(each.owner, each)
  const folded: OwnedHandle[] = []
  for (const each of handles) {
    const main = each.live.record.part && each.owner !== null ? whole.get(each.owner) : undefined
    if (main === undefined) folded.push(each)
    else if (each.ref && !main.ref) {
      const merged = { ...main, ref: true }
      whole.set(main.owner as EngineRecord, merged)
    }
  }
  return foldSessions(
    folded.map((each) => (each.isEngine && each.owner !== null ? (whole.get(each.owner) ?? each) : each)),
  )
}

/** An HTTP/2 session and the socket that it runs on are one: the session's state, the socket's place and flag. */
function foldSessions(handles: OwnedHandle[]): OwnedHandle[] {
  const sockets = new Map<object, OwnedHandle>()
  for (const each of handles) {
    const socket = each.live.record.kind.runsOn(each.live.resource)
    if (socket !== null) sockets.set(socket, each)
  }
  if (sockets.size === 0) return handles
  const merged = new Map<OwnedHandle, OwnedHandle>()
  const folded = new Set<OwnedHandle>()
  for (const each of handles) {
    const session = sockets.get(each.live.record.kind.owner(each.live.resource) ?? each)
    if (session === undefined) continue
    const { record, resource } = session.live
    const stack = each.live.record.stack ?? record.stack
    const owner = session.owner ?? each.owner
    merged.set(each, {
      ...session,
      owner,
      ref: each.ref,
      live: { record: new HandleRecord(resource, record.kind, { ...record, stack }), resource },
    })
    folded.add(session)
  }
  return handles.filter((each) => !folded.has(each)).map((each) => merged.get(each) ?? each)
}
