/**
 * Accepted sockets: they are made without a frame of JavaScript and without any context, and are known by what triggered
 * them, their server.
 */
import type { EngineRecord } from '../records/engine-record.ts'
import { enterOwner, ownerOfAsyncId } from './context.ts'
import { state } from './state.ts'

const { createHook } = process.getBuiltinModule('node:async_hooks')

/** A server listens; `context` is the engine that called `listen`, if any. */
export function serverOpened(asyncId: number, context: EngineRecord | null): void {
  state.servers.set(asyncId, context)
  if (context !== null) followCallbacks()
}

export function forgetServer(asyncId: number): void {
  state.servers.delete(asyncId)
}

/** Whether what this triggers is an accepted socket. */
export function isServer(asyncId: number): boolean {
  return state.servers.has(asyncId)
}

/** The engine for which a socket works that this has triggered. */
export function acceptedBy(triggerAsyncId: number): EngineRecord | undefined {
  return state.servers.get(triggerAsyncId) ?? undefined
}

/**
 * The callbacks of an accepted socket begin without any context (on Node 24 and 26 what they start after an await has
 * neither store nor trigger), so the owner is entered when they begin; so do those of what a constructor opened, in the
 * context of its caller. Only installed once a server listens inside an engine or a constructor opened something: a
 * `before` hook is called for every callback of the program.
 */
export function followCallbacks(): void {
  if (state.isFollowing) return
  state.isFollowing = true
  callbackHook.enable()
}

const callbackHook = createHook({
  ...{ trackPromises: false },
  before(asyncId: number) {
    const owner = ownerOfAsyncId(asyncId)
    if (owner !== undefined) enterOwner(owner)
  },
})

export function stopFollowingCallbacks(): void {
  callbackHook.disable()
  state.isFollowing = false
}
