/** What this room remembers, in one object, so that a test can begin anew. */
import type { EngineRecord } from './engine-record.ts'
import type { EventName, Listener } from './listeners.ts'
import type { TestScope } from './test-scope.ts'

interface RecordsState {
  /** Tells in which test the running code is; `null`: no test runner is there. */
  currentTest: (() => TestScope | null) | null
  /** In which tests handles were opened. */
  testsOfHandles: WeakMap<object, TestScope>
  /** The records of objects that take no field: a module's namespace, and frozen ones where the language forbids it. */
  fieldless: WeakMap<object, EngineRecord>
  /** Whether there was any such object: nobody looks into the map before. */
  hasFieldless: boolean
  /** Who listens to the API's events. */
  listeners: Record<EventName, Set<Listener>>
  /** Somebody listens for what engines do: `started` or `stopped`. */
  isHeard: boolean
}

export function fresh(): RecordsState {
  return {
    currentTest: null,
    testsOfHandles: new WeakMap(),
    fieldless: new WeakMap(),
    hasFieldless: false,
    listeners: { started: new Set(), stopped: new Set(), finding: new Set() },
    isHeard: false,
  }
}

export const state: RecordsState = fresh()
