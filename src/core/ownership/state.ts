/** What this room remembers, in one object, so that a test can begin anew. */
import type { EngineRecord } from '../records/engine-record.ts'
import type { Construction } from './construction.ts'
import type { LightWork } from './light-work.ts'

interface State {
  /** Whether any engine has run: until then the store is not asked, nor, on Node 20 and 22, its promise hooks installed. */
  hasEntered: boolean
  /**
   * Owners of handles that were made outside their owner's async context, by async id: what a constructor made, and
   * accepted sockets. Empty in most programs, and then it costs one comparison.
   */
  byAsyncId: Map<number, EngineRecord>
  /** By the async id of a listening handle, the engine whose callbacks its sockets run; `null`: the program's. */
  servers: Map<number, EngineRecord | null>
  /** Callbacks are followed as they begin. */
  isFollowing: boolean
  /** The innermost light work that has not returned yet, where no engine is further in. */
  working: LightWork | null
  /** Any class has been found to be light. */
  anyLight: boolean
  /** Constructors of engines that may be running, outermost first. */
  constructions: Construction[]
}

export const fresh = (): State => ({
  hasEntered: false,
  byAsyncId: new Map(),
  servers: new Map(),
  isFollowing: false,
  working: null,
  anyLight: false,
  constructions: [],
})

export const state: State = fresh()
