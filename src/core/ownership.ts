/**
 * Who owns what is made at this moment. See README.md in this folder for the rules.
 */
import type { EngineRecord, Tenure } from './engine-record.ts'
import { currentLightWork, isLightWork, type LightWork, promoted, workLightly } from './light-work.ts'

const { AsyncLocalStorage, executionAsyncId } = process.getBuiltinModule('node:async_hooks')

const context = new AsyncLocalStorage<Tenure | null>()

/** Whether any engine has run: until then the store is not asked, nor, on Node 20 and 22, its promise hooks installed. */
let entered = false

/**
 * Owners of handles that were made outside their owner's async context, by async id: what a constructor made, and
 * accepted sockets. Empty in most programs, and then it costs one comparison.
 */
const byAsyncId = new Map<number, EngineRecord>()

/** The engine in whose context the running code is; core engines never are. Asked for what opens a handle or starts. */
export function contextOwner(): EngineRecord | null {
  const light = currentLightWork()
  if (light !== null) return promoted(light)
  if (entered) {
    const tenure = context.getStore()
    if (tenure !== undefined && tenure !== null) {
      return tenure.engine === null && isLightWork(tenure) ? promoted(tenure) : tenure.engine
    }
  }
  return ownerByAsyncId()
}

/** The same, for what only wants to know: what is taken for no engine is none. */
export function contextEngine(): EngineRecord | null {
  const light = currentLightWork()
  if (light !== null) return light.engine
  if (entered) {
    const tenure = context.getStore()
    if (tenure !== undefined && tenure !== null) return tenure.engine
  }
  return ownerByAsyncId()
}

function ownerByAsyncId(): EngineRecord | null {
  if (byAsyncId.size === 0) return null
  return byAsyncId.get(executionAsyncId()) ?? null
}

/** In which start of `owner` the running code is: 0 in none of them. */
export function currentStart(owner: EngineRecord | null): number {
  if (owner === null) return 0
  const light = currentLightWork()
  if (light !== null) return light.engine === owner ? light.start : 0
  if (!entered) return 0
  const tenure = context.getStore()
  return tenure?.engine === owner ? tenure.start : 0
}

/** Runs `body` in the context of `owner`: what it makes is the owner's, also after an await. */
export function runOwned<T>(owner: EngineRecord, body: () => T): T {
  entered = true
  return context.run(owner.work, workLightly, null, body, undefined, []) as T
}

/** Calls a method in the context of an engine; with the fewest frames, as programs recurse through their methods. */
export function applyOwned(
  tenure: Tenure,
  method: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
): unknown {
  entered = true
  if (currentLightWork() === null) return context.run(tenure, Reflect.apply, method, self, args)
  return context.run(tenure, workLightly, null, method, self, args)
}

/** Calls a method of what is taken for no engine; in its own context where its work goes on after its return. */
export function applyLight(
  work: LightWork,
  method: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
): unknown {
  if (!work.cls.isAsync) return workLightly(work, method, self, args)
  entered = true
  return context.run(work, workLightly, null, method, self, args)
}

/** Continues in the owner's context; used when the callbacks of a handle in `byAsyncId` begin. */
export function enterOwner(owner: EngineRecord): void {
  entered = true
  context.enterWith(owner.work)
}

export function ownAsyncId(asyncId: number, owner: EngineRecord): void {
  byAsyncId.set(asyncId, owner)
}

export function disownAsyncId(asyncId: number): void {
  byAsyncId.delete(asyncId)
}

export function ownerOfAsyncId(asyncId: number): EngineRecord | undefined {
  return byAsyncId.get(asyncId)
}
