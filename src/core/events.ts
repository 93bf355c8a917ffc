/** Listeners of the API's `on`: a throwing one is the program's fault to see, so it is recorded, not thrown. */
import type { EngineRecord } from './engine-record.ts'
import { recordFault } from './faults.ts'

export type EventName = 'started' | 'stopped' | 'finding'
type Listener = (subject: unknown) => void

const listeners: Record<EventName, Set<Listener>> = {
  started: new Set(),
  stopped: new Set(),
  finding: new Set(),
}

/** Listeners of `started` and `stopped` are handed the record. Returns its undo. */
export function listen(event: EventName, listener: Listener): () => void {
  listeners[event].add(listener)
  return () => listeners[event].delete(listener)
}

export function emit(event: 'started' | 'stopped', record: EngineRecord): void {
  if (listeners[event].size > 0) tell(event, record)
}

/** Whether the program wants to be told of it. */
export function hasListeners(event: EventName): boolean {
  return listeners[event].size > 0
}

export function emitFinding(finding: unknown): void {
  tell('finding', finding)
}

function tell(event: EventName, subject: unknown): void {
  for (const listener of listeners[event]) {
    try {
      listener(subject)
    } catch (error) {
      recordFault(`a listener of '${event}'`, error)
    }
  }
}
