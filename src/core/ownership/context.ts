/**
 * Who owns what is made at this moment. See src/core/README.md for the rules.
 */
import type { AsyncLocalStorage as Storage } from 'node:async_hooks'
import type { EngineRecord, Work } from '../records/engine-record.ts'
import { currentLightWork, isLightWork, type LightWork, promote, workLightly } from './light-work.ts'
import { state } from './state.ts'

const { AsyncLocalStorage, executionAsyncId } = process.getBuiltinModule('node:async_hooks')

/** Made for the first engine: `null` while `state.hasEntered` is false. */
let context: Storage<Work | null> | null = null

/** To run something in a context of leakwatch's. */
function entered(): Storage<Work | null> {
  state.hasEntered = true
  context ??= new AsyncLocalStorage()
  return context
}

/** The engine in whose context the running code is; core engines never are. Asked for what opens a handle or starts. */
export function contextOwner(): EngineRecord | null {
  const light = currentLightWork()
  if (light !== null) return promote(light)
  if (state.hasEntered) {
    const work = context?.getStore()
    if (work !== undefined && work !== null) {
      return work.engine === null && isLightWork(work) ? promote(work) : work.engine
    }
  }
  return ownerByAsyncId()
}

/** The same, for what only wants to know: what is taken for no engine is none. */
export function contextEngine(): EngineRecord | null {
  const light = currentLightWork()
  if (light !== null) return light.engine
  if (state.hasEntered) {
    const work = context?.getStore()
    if (work !== undefined && work !== null) return work.engine
  }
  return ownerByAsyncId()
}

function ownerByAsyncId(): EngineRecord | null {
  if (state.byAsyncId.size === 0) return null
  return state.byAsyncId.get(executionAsyncId()) ?? null
}

/** In which start of `owner` the running code is: 0 in none of them. */
export function currentStart(owner: EngineRecord | null): number {
  if (owner === null) return 0
  const light = currentLightWork()
  if (light !== null) return light.engine === owner ? light.start : 0
  if (!state.hasEntered) return 0
  const work = context?.getStore()
  return work?.engine === owner ? work.start : 0
}

/** Runs `body` in the context of `owner`: what it makes is the owner's, also after an await. */
export function runOwned<T>(owner: EngineRecord, body: () => T): T {
  return entered().run(owner.work, workLightly, null, body, undefined, []) as T
}

/** Calls a method in the context of an engine; with the fewest frames, as programs recurse through their methods. */
export function applyOwned(
  work: Work,
  method: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
): unknown {
  if (currentLightWork() === null) return entered().run(work, Reflect.apply, method, self, args)
  return entered().run(work, workLightly, null, method, self, args)
}

/** What the running code worked for before it was made to work for something else. */
export type Before = Work | null | undefined

/** From here on the running code works for `work`: until it ends, and after its awaits. Gives what `resumeWork` takes. */
export function enterWork(work: Work): Before {
  const storage = entered()
  const before = storage.getStore()
  storage.enterWith(work)
  return before
}

/** The running code goes on with what it did before. */
export function resumeWork(before: Before): void {
  context?.enterWith(before as Work | null)
}

/** Whether the running code works for `work` already. */
export function isWorkingFor(work: Work): boolean {
  return context?.getStore() === work
}

/** Calls a method of what is taken for no engine; in its own context where its work goes on after its return. */
export function applyLight(
  work: LightWork,
  method: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
): unknown {
  if (!work.cls.isAsync) return workLightly(work, method, self, args)
  return entered().run(work, workLightly, null, method, self, args)
}

/** Who works for this works for no engine, whatever called. */
const nobody: Work = { engine: null, start: 0 }

/** From here on the running code works for no engine: a runner goes on with its next test in the context of what ended the last. */
export function workForNobody(): void {
  context?.enterWith(nobody)
}

/** Continues in the owner's context; used when the callbacks of a handle in `byAsyncId` begin. */
export function enterOwner(owner: EngineRecord): void {
  entered().enterWith(owner.work)
}

export function ownAsyncId(asyncId: number, owner: EngineRecord): void {
  state.byAsyncId.set(asyncId, owner)
}

export function disownAsyncId(asyncId: number): void {
  state.byAsyncId.delete(asyncId)
}

export function ownerOfAsyncId(asyncId: number): EngineRecord | undefined {
  return state.byAsyncId.get(asyncId)
}
