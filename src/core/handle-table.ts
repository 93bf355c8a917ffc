/**
 * The handles that are followed. Young ones wait in a fixed ring. When it is full, or their youth ends, each is looked at
 * once: the dead, most of them, are forgotten, the few survivors move to the old table, which is looked through only when
 * it has doubled.
 */
import { forgetServer } from './accepted.ts'
import type { EngineRecord } from './engine-record.ts'
import { recordFault } from './faults.ts'
import type { HandleType } from './handle-types.ts'
import { disownAsyncId, ownAsyncId } from './ownership.ts'
import type { CapturedStack } from './stack.ts'
import { atOnce, type Steps, stepSize } from './steps.ts'
import { noteTest, type TestScope } from './test-context.ts'
import { beginYouth, endYouth } from './youth.ts'

/** What is kept of a handle that has survived its youth: a row of this table, and itself the weak reference to the handle. */
export class HandleRecord extends WeakRef<object> {
  readonly id: number
  readonly kind: HandleType
  readonly asyncId: number
  owner: EngineRecord | null
  /** Which start of its owner's it came from. */
  start: number
  readonly openedAt: number
  stack: CapturedStack | null
  /** Part of another handle: a worker's ports, a child's pipes. */
  readonly part: boolean
  /** It is in the old table: not known to be over. */
  isListed = true

  constructor(resource: object, kind: HandleType, row: Row) {
    super(resource)
    this.id = row.id
    this.kind = kind
    this.asyncId = row.asyncId
    this.owner = row.owner
    this.start = row.start
    this.openedAt = row.openedAt
    this.stack = row.stack
    this.part = row.part
  }
}

type Row = Pick<HandleRecord, 'id' | 'asyncId' | 'owner' | 'start' | 'openedAt' | 'stack' | 'part'>

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

/** Who asked for a handle that is announced without a trace of that. */
export interface MadeBy {
  madeBy: EngineRecord | null
  /** In which of its starts. */
  start: number
  stack: CapturedStack | null
  test: TestScope | null
}

const ringSize = 1024
/** Grows to its size with the first handles. */
const ring: Young[] = []
let youngCount = 0

function addSlot(): Young {
  const slot: Young = {
    resource: null,
    kind: null,
    id: 0,
    asyncId: 0,
    owner: null,
    start: 0,
    openedAt: 0,
    stack: null,
    part: false,
  }
  ring.push(slot)
  return slot
}

/** The old table. The oldest come first. */
const old: HandleRecord[] = []
/** For those that are asked for by their handle: timers, which may be announced again, and what has a stack to show. */
const oldByResource = new WeakMap<object, HandleRecord>()
let sweepAt = 1024
let nextId = 1

/** What `remember` is told of a handle. */
export type Seen = Omit<Young, 'id' | 'resource' | 'kind'>

/** Follows a handle from now on. */
export function remember(
  resource: object,
  kind: HandleType,
  { asyncId, owner, start, openedAt, stack, part }: Seen,
): void {
  if (youngCount === ringSize) ageHandles()
  const slot = ring[youngCount] ?? addSlot()
  youngCount += 1
  slot.resource = resource
  slot.kind = kind
  slot.id = nextId
  slot.asyncId = asyncId
  slot.owner = owner
  slot.start = start
  slot.openedAt = openedAt
  slot.stack = stack
  slot.part = part
  nextId += 1
  beginYouth()
}

/** How many handles have been seen; ids below it are older. */
export function handleHorizon(): number {
  return nextId
}

/**
 * A timer that is refreshed after it fired is announced again, as is a socket that an agent uses again (then with a
 * stand-in that has the socket as its `handle`): both keep their first record.
 */
export function isReused(kind: HandleType, resource: object): boolean {
  if (kind.type !== 'Timeout') return (resource as { handle?: unknown }).handle !== undefined
  if ((resource as { _idleStart?: unknown })._idleStart === null) return false
  const record = oldByResource.get(resource)
  if (record !== undefined) {
    if (!record.isListed) old.push(record)
    record.isListed = true
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
export function reattribute(resource: object, { madeBy, start, stack, test }: MadeBy): void {
  noteTest(resource, test)
  const slot = ring.slice(0, youngCount).find((each) => each.resource === resource)
  if (slot !== undefined) {
    slot.owner = madeBy
    slot.start = start
    slot.stack = stack
    return
  }
  const record = oldByResource.get(resource)
  if (record === undefined) return
  record.owner = madeBy
  record.start = start
  record.stack = stack
}

/** Looks at every young handle once: the survivors become old. */
export function ageHandles(): void {
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
  if (old.length > sweepAt) sweepHandles()
}

function settle(slot: Young): void {
  const { resource, kind } = slot
  if (resource === null || kind === null) return
  if (kind.isAlive(resource) ? kind.isInternal(resource) : !kind.mayOpen(resource)) {
    slot.stack?.drop()
    forget(slot.asyncId)
    return
  }
  const record = new HandleRecord(resource, kind, slot)
  old.push(record)
  // Accepted sockets are never asked for, and a server has thousands.
  if (kind.server === undefined || slot.stack !== null) oldByResource.set(resource, record)
  if (slot.owner !== null) slot.owner.holds = true
}

function forget(asyncId: number): void {
  forgetServer(asyncId)
  disownAsyncId(asyncId)
}

/** Drops the dead from the old table. */
export function sweepHandles(): void {
  let kept = 0
  for (const record of old) {
    if (isOver(record)) {
      record.isListed = false
      forget(record.asyncId)
    } else {
      old[kept] = record
      kept += 1
    }
  }
  old.length = kept
  sweepAt = Math.max(1024, kept * 2)
}

function isOver(record: HandleRecord): boolean {
  try {
    const resource = record.deref()
    return resource === undefined || !(record.kind.isAlive(resource) || record.kind.mayOpen(resource))
  } catch (error) {
    recordFault('looking at an old handle', error)
    return false
  }
}

export interface LiveHandle {
  readonly record: HandleRecord
  readonly resource: object
}

/** Every handle that is alive at this moment, by its own state. */
export function liveHandles(): LiveHandle[] {
  return atOnce(lookingAtHandles())
}

/** The same in steps. */
export function* lookingAtHandles(): Steps<LiveHandle[]> {
  endYouth()
  const live: LiveHandle[] = []
  let count = 0
  // Between two steps the table may be swept.
  for (const record of old.slice()) {
    count += 1
    if (count % stepSize === 0) yield
    const resource = whereAlive(record)
    if (resource !== null) live.push({ record, resource })
  }
  return live
}

/** Engines that own handles which were alive when they were last looked at. */
export function* lookingAtOwners(): Steps<Set<EngineRecord>> {
  const owners = new Set<EngineRecord>()
  let count = 0
  for (const { owner } of old.slice()) {
    count += 1
    if (count % stepSize === 0) yield
    if (owner !== null) owners.add(owner)
  }
  return owners
}

/** Whether there is any; looks no further than the first. */
export function hasLiveHandle(): boolean {
  endYouth()
  return old.some((record) => whereAlive(record) !== null)
}

export function isStillAlive({ record }: LiveHandle): boolean {
  return whereAlive(record) !== null
}

function whereAlive(record: HandleRecord): object | null {
  try {
    const resource = record.deref()
    if (resource === undefined || !record.kind.isAlive(resource) || record.kind.isInternal(resource))
      return null
    return resource
  } catch (error) {
    recordFault('looking at a handle', error)
    return null
  }
}
