/**
 * The handles that are followed. Young ones wait in a fixed ring. When it is full, or the young period ends, each is looked at
 * once: the dead, most of them, are forgotten, the few survivors move to the old table, which is looked through only when
 * it has doubled.
 */

import { outlive } from '../engines/life.ts'
import { forgetServer } from '../ownership/accepted-sockets.ts'
import { disownAsyncId } from '../ownership/context.ts'
import type { EngineRecord } from '../records/engine-record.ts'
import { recordFault } from '../self/faults.ts'
import type { CapturedStack } from '../stacks/captured-stack.ts'
import { beginYoungPeriod, endYoungPeriod } from '../time/young-period.ts'
import type { HandleType } from './handle-type.ts'
import { state, sweepAtLeast } from './state.ts'

/** What is kept of a handle that has outlived the young period: a row of the old table, and itself the weak reference to the handle. */
export class HandleRecord extends WeakRef<object> {
  readonly id: number
  readonly kind: HandleType
  /** The latest: a timer that is set again has another. */
  asyncId: number
  owner: EngineRecord | null
  /** Which start of its owner's it came from. */
  start: number
  /** Of the first link, where it is one of a chain. */
  openedAt: number
  stack: CapturedStack | null
  /** Part of another handle: a worker's ports, a child's pipes. */
  readonly part: boolean
  /** It is in the old table: not known to be over. */
  isListed = true
  /** `null`: it is no timer that may be one of a chain, nor was made by one: see `chains.ts`. */
  chain: Chain | null = null

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

  /** How many timers and sockets led to it, each made by the one before, itself among them. */
  get links(): number {
    return this.chain === null ? 1 : this.chain.links
  }

  /** The first of these; `null`: it is the first, or the only one. */
  get first(): HandleRecord | null {
    return this.chain === null ? null : this.chain.first
  }

  /** It may be one of a chain, if the code at its place goes round. */
  get round(): Round | null {
    return this.chain === null ? null : this.chain.round
  }
}

/** What is known of a handle as a link. */
export interface Chain {
  links: number
  first: HandleRecord | null
  /** The text of a one-shot timer's callback. */
  code: string
  /** The link in whose work a chain of another code began. */
  before: HandleRecord | null
  round: Round | null
}

/** Timers of one place, each made as soon as the one before had fired. */
export interface Round {
  readonly first: HandleRecord
  readonly links: number
  /** How many of the innermost frames of the program and its dependencies all of them have in common. */
  readonly frames: number
}

type Row = Pick<HandleRecord, 'id' | 'asyncId' | 'owner' | 'start' | 'openedAt' | 'stack' | 'part'>

/** A slot of the ring; empty where it has no resource. */
export interface YoungHandle {
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

export const ringSize = 1024

function addSlot(): YoungHandle {
  const slot: YoungHandle = {
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
  state.ring.push(slot)
  return slot
}

/** What is known of a handle when it opens. */
export type Opened = Omit<YoungHandle, 'id' | 'resource' | 'kind'>

/** Follows a handle from now on. */
export function addHandle(
  resource: object,
  kind: HandleType,
  { asyncId, owner, start, openedAt, stack, part }: Opened,
): void {
  if (state.youngCount === ringSize) ageHandles()
  const slot = state.ring[state.youngCount] ?? addSlot()
  state.youngCount += 1
  slot.resource = resource
  slot.kind = kind
  slot.id = state.nextId
  slot.asyncId = asyncId
  slot.owner = owner
  slot.start = start
  slot.openedAt = openedAt
  slot.stack = stack
  slot.part = part
  state.nextId += 1
  beginYoungPeriod()
}

/** Looks at every young handle once: the survivors become old. */
export function ageHandles(): void {
  const count = state.youngCount
  state.youngCount = 0
  for (let index = 0; index < count; index += 1) {
    const slot = state.ring[index] as YoungHandle
    try {
      moveOrForget(slot)
    } catch (error) {
      recordFault('looking at a young handle', error)
    }
    slot.resource = null
    slot.owner = null
    slot.stack = null
  }
  if (state.old.length > state.sweepAt) sweepHandles()
}

function moveOrForget(slot: YoungHandle): void {
  const { resource, kind } = slot
  if (resource === null || kind === null) return
  const isStdin = kind.isStdin(resource)
  if (isStdin) slot.owner = null
  else if (kind.isAlive(resource) ? kind.isInternal(resource) : !kind.mayOpen(resource)) {
    slot.stack?.drop()
    forget(slot.asyncId)
    return
  }
  const record = new HandleRecord(resource, kind, slot)
  state.old.push(record)
  // Accepted sockets are never asked for, and a server has thousands.
  if (!kind.mayBeAccepted || slot.stack !== null) state.oldByResource.set(resource, record)
  if (kind.isLink(resource) && (state.carryLink !== null || !kind.mayBeAccepted)) {
    const { joinChain } = require('./chains.js') as typeof import('./chains.ts')
    joinChain(record, resource)
  }
  if (record.owner !== null) outlive(record.owner)
}

function forget(asyncId: number): void {
  forgetServer(asyncId)
  disownAsyncId(asyncId)
  state.links.delete(asyncId)
}

/** Drops the dead from the old table. */
export function sweepHandles(): void {
  const { old } = state
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
  state.sweepAt = Math.max(sweepAtLeast, kept * 2)
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

/** Whether any handle is alive; looks no further than the first. */
export function hasLiveHandle(): boolean {
  endYoungPeriod()
  return state.old.some((record) => whereAlive(record) !== null)
}

/** The handle, where it is alive and the program's. */
export function whereAlive(record: HandleRecord): object | null {
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
