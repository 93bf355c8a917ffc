/** Listeners of the API's `on`: a throwing one is the program's fault to see, so it is recorded, not thrown. */

import { recordFault } from '../self/faults.ts'
import type { EngineRecord } from './engine-record.ts'
import { state } from './state.ts'

export type EventName = 'started' | 'stopped' | 'finding'
export type Listener = (subject: unknown) => void

/** Listeners of `started` and `stopped` are handed the record. Returns its undo. */
export function listen(event: EventName, listener: Listener): () => void {
  const { [event]: those } = state.listeners
  those.add(listener)
  noteHeard()
  return () => {
    those.delete(listener)
    noteHeard()
  }
}

function noteHeard(): void {
  const { started, stopped } = state.listeners
  state.isHeard = started.size + stopped.size > 0
}

/** Whether the program listens for what engines do. */
export function isHeard(): boolean {
  return state.isHeard
}

export function emit(event: 'started' | 'stopped', record: EngineRecord): void {
  if (state.listeners[event].size > 0) tell(event, record)
}

/** Whether the program listens for it. */
export function hasListeners(event: EventName): boolean {
  return state.listeners[event].size > 0
}

export function emitFinding(finding: unknown): void {
  tell('finding', finding)
}

function tell(event: EventName, subject: unknown): void {
  for (const listener of state.listeners[event]) {
    try {
      listener(subject)
    } catch (error) {
      recordFault(`a listener of '${event}'`, error)
    }
  }
}
