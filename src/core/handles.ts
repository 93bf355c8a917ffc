/**
 * Runs on every async operation of the watched program: no I/O, no allocation it can avoid, no throw.
 *
 * Young handles wait in a fixed ring. When it is full, or after `youthMs`, each is looked at once: the dead, most of
 * them, are forgotten, the few survivors move to the old table, which is looked through only when it has doubled.
 */
import { createHook } from 'node:async_hooks'
import { measured, spendStack, stackMode } from './budget.ts'
import { isMakingTimer, later, now } from './clock.ts'
import { claimByConstructor, isConstructing } from './construction.ts'
import type { EngineRecord } from './engines.ts'
import { recordFault } from './faults.ts'
import { type HandleType, handleTypes } from './handle-types.ts'
import { beneficiary } from './lending.ts'
import { currentOwner, disownAsyncId, enterOwner, ownAsyncId, ownerOfAsyncId } from './ownership.ts'
import { makers } from './places.ts'
import { type CapturedStack, captureStack, stackCounts } from './stack.ts'

export interface HandleRecord {
  readonly id: number
  readonly kind: HandleType
  readonly resource: WeakRef<object>
  readonly asyncId: number
  readonly owner: EngineRecord | null
  /** Which start of its owner's it came from. */
  readonly start: number
  readonly openedAt: number
  readonly stack: CapturedStack | null
  /** Part of another handle: a worker's ports, a child's pipes. */
  readonly part: boolean
}

interface Young {
  resource: object | null
  kind: HandleType | null
  id: number
  asyncId: number
  owner: EngineRecord | null
  start: number
  openedAt: number
  stack: CapturedStack | null
  part: boolean
}

/** Told at once, with a stack, when a handle of its type opens: how a core engine is born. */
export type OpenListener = (opened: {
  resource: object
  stack: CapturedStack | null
  owner: EngineRecord | null
  asyncId: number
}) => EngineRecord | { partOf: EngineRecord } | MadeBy | 'internal' | null

/** Who asked for a handle that is announced without a trace of that. */
export interface MadeBy {
  madeBy: EngineRecord | null
  stack: CapturedStack | null
}

const bornFrom = new WeakMap<object, EngineRecord>()

/** The core engine that was born when `resource` opened. */
export function engineBornFrom(resource: object): EngineRecord | undefined {
  return bornFrom.get(resource)
}

const ringSize = 1024
const youthMs = 100
const handleDepth = 20
const ring: Young[] = Array.from({ length: ringSize }, () => ({
  resource: null,
  kind: null,
  id: 0,
  asyncId: 0,
  owner: null,
  start: 0,
  openedAt: 0,
  stack: null,
  part: false,
}))
let youngCount = 0
let cancelAging: (() => void) | null = null

const old = new Set<HandleRecord>()
const oldByResource = new WeakMap<object, HandleRecord>()
let sweepAt = 1024
let nextId = 1

const openListeners = new Map<string, OpenListener>()

/** How many handles have been seen; ids below it are older. */
export function handleHorizon(): number {
  return nextId
}

export function onOpen(type: string, listener: OpenListener): void {
  openListeners.set(type, listener)
}

function init(asyncId: number, type: string, triggerAsyncId: number, resource: object): void {
  if (type === 'PROMISE') return
  const kind = handleTypes.get(type)
  if (kind === undefined || isMakingTimer()) return
  try {
    open(kind, asyncId, triggerAsyncId, resource)
  } catch (error) {
    recordFault('following a handle', error)
  }
}

function open(kind: HandleType, asyncId: number, triggerAsyncId: number, resource: object): void {
  const origin = kind.origin === undefined ? 'program' : kind.origin(resource)
  if (origin === 'internal' || isReused(kind, resource)) return
  const openedAt = now()
  let owner = currentOwner()
  const listener = openListeners.get(kind.type)
  const accepted = owner === null ? acceptedBy(kind, triggerAsyncId) : undefined
  if (accepted !== undefined) {
    owner = accepted
    ownAsyncId(asyncId, accepted)
  }
  let stack: CapturedStack | null = null
  if (
    listener !== undefined ||
    origin === 'unsure' ||
    isConstructing() ||
    spend(kind, openedAt, triggerAsyncId)
  ) {
    stack = measured(() => captureStack(init, handleDepth))
  } else stackCounts.skipped += 1
  if (origin === 'unsure' && isMadeByNode(stack)) return
  if (isConstructing() && stack !== null) {
    const builder = claimByConstructor(stack)
    if (builder !== null) {
      owner = builder
      ownAsyncId(asyncId, builder)
    }
  }
  if (owner !== null && owner.loans !== null) {
    stack ??= captureStack(init, handleDepth)
    owner = beneficiary(owner, stack)
  }
  let part = false
  if (listener !== undefined) {
    const born = listener({ resource, stack, owner, asyncId })
    if (born === 'internal') return
    if (born !== null && 'partOf' in born) {
      owner = born.partOf
      part = true
    } else if (born !== null && 'madeBy' in born) {
      owner = born.madeBy
      stack = born.stack
    } else if (born !== null) {
      owner = born
      bornFrom.set(resource, born)
    }
  }
  if (youngCount === ringSize) age()
  const slot = ring[youngCount] as Young
  youngCount += 1
  slot.resource = resource
  slot.kind = kind
  slot.id = nextId
  slot.asyncId = asyncId
  slot.owner = owner
  slot.start = owner?.starts ?? 0
  slot.openedAt = openedAt
  slot.stack = stack
  slot.part = part
  nextId += 1
  if (cancelAging === null) cancelAging = later(youthMs, age)
}

const timerModules = new Set(['node:internal/timers', 'node:timers', 'node:timers/promises'])

/** Whether code of Node's own, other than its timers, asked for a timer. */
function isMadeByNode(stack: CapturedStack | null): boolean {
  return makers(stack).some(({ file }) => file !== null && !timerModules.has(file))
}

/** Sockets that the program opens are few beside what they cost, and which code opened them decides whose they are. */
function spend(kind: HandleType, at: number, triggerAsyncId: number): boolean {
  if (kind.type === 'Timeout') return spendStack(at)
  if (stackMode() === 'off') return false
  return !servers.has(triggerAsyncId)
}

/** Async ids of listening servers: what they trigger are accepted sockets, made without a frame of JavaScript. */
const servers = new Map<number, EngineRecord | null>()

/** A server listens; `context` is the engine whose callbacks its sockets run, if any. */
export function serverOpened(asyncId: number, context: EngineRecord | null): void {
  servers.set(asyncId, context)
  if (context !== null) followCallbacks()
}

function acceptedBy(kind: HandleType, triggerAsyncId: number): EngineRecord | undefined {
  if (kind.type !== 'TCPWRAP' && kind.type !== 'PIPEWRAP') return undefined
  return servers.get(triggerAsyncId) ?? undefined
}

/**
 * A timer that is refreshed after it fired is announced again, as is a socket that an agent uses again (then with a
 * stand-in that has the socket as its `handle`): both keep their first record.
 */
function isReused(kind: HandleType, resource: object): boolean {
  if (kind.type !== 'Timeout') return (resource as { handle?: unknown }).handle !== undefined
  if ((resource as { _idleStart?: unknown })._idleStart === null) return false
  if (oldByResource.has(resource)) {
    old.add(oldByResource.get(resource) as HandleRecord)
    return true
  }
  for (let index = 0; index < youngCount; index += 1) if (ring[index]?.resource === resource) return true
  return false
}

/** Gives young handles opened since `from` to an engine, where they are among the objects in its fields. */
export function adoptYoung(
  objects: ReadonlySet<unknown>,
  from: number,
  claim: () => EngineRecord | null,
): void {
  for (let index = youngCount - 1; index >= 0; index -= 1) {
    const slot = ring[index] as Young
    if (slot.id < from || slot.resource === null || slot.kind === null) return
    if (!objects.has(slot.resource) && !objects.has(slot.kind.owner(slot.resource))) continue
    const owner = claim()
    if (owner === null) return
    slot.owner = owner
    ownAsyncId(slot.asyncId, owner)
  }
}

/** The stack of a handle that is followed, where it has one. */
export function stackOf(resource: object): CapturedStack | null {
  for (let index = youngCount - 1; index >= 0; index -= 1) {
    if (ring[index]?.resource === resource) return ring[index]?.stack ?? null
  }
  return oldByResource.get(resource)?.stack ?? null
}

/** Corrects whose a handle is, where that shows only after it was announced. */
export function reattribute(resource: object, { madeBy, stack }: MadeBy): void {
  const slot = ring.slice(0, youngCount).find((each) => each.resource === resource)
  if (slot !== undefined) {
    slot.owner = madeBy
    slot.start = madeBy?.starts ?? 0
    slot.stack = stack
    return
  }
  const record = oldByResource.get(resource)
  if (record === undefined || !old.delete(record)) return
  const corrected = { ...record, owner: madeBy, start: madeBy?.starts ?? 0, stack }
  old.add(corrected)
  oldByResource.set(resource, corrected)
}

/** Looks at every young handle once: the survivors become old. */
function age(): void {
  cancelAging?.()
  cancelAging = null
  const count = youngCount
  youngCount = 0
  for (let index = 0; index < count; index += 1) {
    const slot = ring[index] as Young
    try {
      settle(slot)
    } catch (error) {
      recordFault('looking at a young handle', error)
    }
    slot.resource = null
    slot.owner = null
    slot.stack = null
  }
  if (old.size > sweepAt) sweep()
}

function settle(slot: Young): void {
  const { resource, kind } = slot
  if (resource === null || kind === null) return
  if (kind.isAlive(resource) ? kind.isInternal(resource) : !kind.mayOpen(resource)) {
    slot.stack?.drop()
    forget(slot.asyncId)
    return
  }
  const record: HandleRecord = {
    id: slot.id,
    kind,
    resource: new WeakRef(resource),
    asyncId: slot.asyncId,
    owner: slot.owner,
    start: slot.start,
    openedAt: slot.openedAt,
    stack: slot.stack,
    part: slot.part,
  }
  old.add(record)
  oldByResource.set(resource, record)
}

function forget(asyncId: number): void {
  servers.delete(asyncId)
  disownAsyncId(asyncId)
}

/** Drops the dead from the old table. */
function sweep(): void {
  for (const record of old) {
    const resource = record.resource.deref()
    if (resource !== undefined && (record.kind.isAlive(resource) || record.kind.mayOpen(resource))) continue
    old.delete(record)
    forget(record.asyncId)
  }
  sweepAt = Math.max(1024, old.size * 2)
}

export interface LiveHandle {
  readonly record: HandleRecord
  readonly resource: object
}

/** Every handle that is alive at this moment, by its own state. */
export function liveHandles(): LiveHandle[] {
  age()
  const live: LiveHandle[] = []
  for (const record of old) {
    try {
      const resource = record.resource.deref()
      if (resource === undefined || !record.kind.isAlive(resource) || record.kind.isInternal(resource))
        continue
      live.push({ record, resource })
    } catch (error) {
      recordFault('looking at a handle', error)
    }
  }
  return live
}

let followingCallbacks = false

/**
 * The callbacks of an accepted socket begin without any context (on Node 24 and 26 what they start after an await has
 * neither store nor trigger), so the owner is entered when they begin. Only installed once a server listens inside
 * an engine: a `before` hook is called for every callback of the program.
 */
function followCallbacks(): void {
  if (followingCallbacks) return
  followingCallbacks = true
  callbackHook.enable()
}

const withoutPromises = { trackPromises: false }

const callbackHook = createHook({
  ...withoutPromises,
  before(asyncId: number) {
    const owner = ownerOfAsyncId(asyncId)
    if (owner !== undefined) enterOwner(owner)
  },
})

const initHook = createHook({ ...withoutPromises, init })

/** Starts to follow handles. Returns its undo. */
export function followHandles(): () => void {
  initHook.enable()
  return () => {
    initHook.disable()
    callbackHook.disable()
    cancelAging?.()
    cancelAging = null
  }
}
