/**
 * Accepted sockets: they are made without a frame of JavaScript and without any context, and are known by what triggered
 * them, their server.
 */
import type { EngineRecord } from './engine-record.ts'
import { enterOwner, ownerOfAsyncId } from './ownership.ts'

const { createHook } = process.getBuiltinModule('node:async_hooks')

/** By the async id of a listening handle, the engine whose callbacks its sockets run; `null`: the program's. */
const servers = new Map<number, EngineRecord | null>()

/** A server listens; `context` is the engine that called `listen`, if any. */
export function serverOpened(asyncId: number, context: EngineRecord | null): void {
  servers.set(asyncId, context)
  if (context !== null) followCallbacks()
}

export function forgetServer(asyncId: number): void {
  servers.delete(asyncId)
}

/** Whether what this triggers is an accepted socket. */
export function isServer(asyncId: number): boolean {
  return servers.has(asyncId)
}

/** The engine that a socket works for which this has triggered. */
export function acceptedBy(type: string, triggerAsyncId: number): EngineRecord | undefined {
  if (type !== 'TCPWRAP' && type !== 'PIPEWRAP') return undefined
  return servers.get(triggerAsyncId) ?? undefined
}

let isFollowing = false

/**
 * The callbacks of an accepted socket begin without any context (on Node 24 and 26 what they start after an await has
 * neither store nor trigger), so the owner is entered when they begin; so do those of what a constructor opened, in the
 * context of its caller. Only installed once a server listens inside an engine or a constructor opened something: a
 * `before` hook is called for every callback of the program.
 */
export function followCallbacks(): void {
  if (isFollowing) return
  isFollowing = true
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
  isFollowing = false
}
