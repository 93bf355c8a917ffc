/** What this room remembers, in one object, so that a test can begin anew. */
import type { EngineRecord, Facts } from '../records/engine-record.ts'
import type { OpenListener } from './follow-handles.ts'
import type { HandleRecord, YoungHandle } from './handle-table.ts'
import type { HandleType } from './handle-type.ts'

interface HandlesState {
  /** Of handles; those that came before have lower ones. */
  nextId: number
  /** The young handles; grows to its size with the first of them, and its slots are used again. */
  ring: YoungHandle[]
  /** How many slots of the ring are in use. */
  youngCount: number
  /** Handles that have outlived the young period. The oldest come first. */
  old: HandleRecord[]
  /** Those of them that are asked for by their handle: timers, which may be announced again, and what has a stack to show. */
  oldByResource: WeakMap<object, HandleRecord>
  /** How many the old table holds before it is looked through. */
  sweepAt: number

  /** Who hears of each handle of a type that opens. */
  openListeners: Map<HandleType, OpenListener>
  /** Who hears of each request of Node's HTTP client. */
  requestListener: ((announced: object) => void) | null
  /** Core engines by the handles that they were born from. */
  bornFrom: WeakMap<object, EngineRecord>

  /** A one-shot timer has outlived the young period: what its callback begins may be the next link of a chain. */
  carryLink: ((kind: HandleType | undefined, asyncId: number, resource: object) => void) | null
  /** What is marked with a link, by async ids: handles, until they are over; of all else the latest, and those before. */
  links: Map<number, HandleRecord>
  recentLinks: Map<number, HandleRecord>
  earlierLinks: Map<number, HandleRecord>

  /** The latest such timer of each code, and when it was due. */
  byCode: Map<string, { record: HandleRecord; dueAt: number }>

  /** What handles keep no trace of themselves: facts, that they were told to close, that they are channels. */
  facts: WeakMap<object, Facts>
  toldToClose: WeakSet<object>
  channels: WeakSet<object>
  /** Callbacks of timers that may be Node's own, and whether they are. */
  madeByNode: WeakMap<object, boolean>
  /** Servers that Node made for itself. */
  ofNode: WeakSet<object>
  /** Under which wraps keep their owners, once one was seen. */
  ownerSymbol: symbol | null
}

/** The old table is looked through no sooner. */
export const sweepAtLeast = 1024

export function fresh(): HandlesState {
  return {
    nextId: 1,
    ring: [],
    youngCount: 0,
    old: [],
    oldByResource: new WeakMap(),
    sweepAt: sweepAtLeast,
    openListeners: new Map(),
    requestListener: null,
    bornFrom: new WeakMap(),
    carryLink: null,
    links: new Map(),
    recentLinks: new Map(),
    earlierLinks: new Map(),
    byCode: new Map(),
    facts: new WeakMap(),
    toldToClose: new WeakSet(),
    channels: new WeakSet(),
    madeByNode: new WeakMap(),
    ofNode: new WeakSet(),
    ownerSymbol: null,
  }
}

export const state: HandlesState = fresh()
