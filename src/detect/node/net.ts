/**
 * `net`, `tls`, `http`, `https` and `http2` servers, from `listen` to `close`: all are `net.Server`s underneath. The
 * engine begins with the call, not with the handle: where a host name is looked up first, the handle comes later,
 * from a callback without a frame of the program's.
 */

import { endByItself } from '../../core/engines/life.ts'
import { engineOf } from '../../core/engines/objects.ts'
import { onOpen } from '../../core/handles/follow-handles.ts'
import { noteOfNode } from '../../core/handles/handle-type.ts'
import { servers } from '../../core/handles/socket-types.ts'
import { serverOpened } from '../../core/ownership/accepted-sockets.ts'
import { requester } from '../../core/ownership/construction.ts'
import { applyOwned, contextOwner } from '../../core/ownership/context.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { recordFault } from '../../core/self/faults.ts'
import { engineStack } from '../../core/stacks/budget.ts'
import { captureStack } from '../../core/stacks/captured-stack.ts'
import { now } from '../../core/time/clock.ts'
import { wrapProperty } from '../lifecycle/wrap.ts'
import { isOfCluster, noteStops, startCoreEngine } from './core-engine.ts'

interface NetServer {
  _handle: object | null
  _connections: number
}

const listenDepth = 24
/** Deep enough to see who calls `listen`. */
const clusterDepth = 4
/** A host name is found by then, or `listen` has failed. */
const lookupMs = 10_000

/** Returns its undo. */
export function watchServers(): () => void {
  const { Server } = process.getBuiltinModule('node:net')
  for (const kind of servers) {
    onOpen(kind, ({ asyncId, stack }) => {
      if (isOfCluster(stack)) return 'internal'
      serverOpened(asyncId, contextOwner())
      return null
    })
  }
  noteStops(Server.prototype, 'close', engineOf)
  const { undo } = wrapProperty(Server.prototype, 'listen', (original, self, args) => {
    let owner: EngineRecord | null = null
    try {
      owner = serverListens(self as NetServer)
    } catch (error) {
      recordFault('a server that listens', error)
    }
    // Within a constructor no context says whose callbacks its sockets will run.
    if (owner !== null && owner !== contextOwner()) return applyOwned(owner.work, original, self, args)
    return Reflect.apply(original, self, args)
  })
  return () => undo?.()
}

/** Gives the engine that asks for it. */
function serverListens(server: NetServer): EngineRecord | null {
  const known = engineOf(server)
  if (known?.isOpen?.() === true || known?.state === 'starting') return null
  const stack = engineStack(serverListens, listenDepth)
  if (isOfCluster(stack ?? captureStack(serverListens, clusterDepth))) {
    noteOfNode(server)
    return null
  }
  // It was told to close, and what it waits for are connections of the server that listens from now on.
  if (known?.state === 'stopping') endByItself(known)
  const weak = new WeakRef(server)
  const owner = requester(stack)
  let opened = false
  const hasHandle = () => {
    const has = (weak.deref()?._handle ?? null) !== null
    opened ||= has
    return has
  }
  const startedAt = now()
  const isLookingUp = () =>
    !opened && (engineOf(weak.deref())?.stopCalledAt ?? null) === null && now() - startedAt < lookupMs
  startCoreEngine(
    {
      name: serverName(server),
      start: 'listen',
      stop: 'close',
      stack,
      owner,
      isOpen: () => hasHandle() || isLookingUp(),
      isDormant: () => !hasHandle() && isLookingUp(),
      holdsOthers: () => opened && (weak.deref()?._connections ?? 0) > 0,
    },
    server,
  )
  return owner
}

/** Told by what each class adds: none of their modules is loaded for it. */
function serverName(server: object): string {
  for (let each = Object.getPrototypeOf(server); each !== null; each = Object.getPrototypeOf(each)) {
    if (/^Http2(Secure)?Server$/.test(each.constructor?.name ?? '')) return 'http2.Server'
  }
  const isTls = '_sharedCreds' in server
  if ('requestTimeout' in server) return isTls ? 'https.Server' : 'http.Server'
  return isTls ? 'tls.Server' : 'net.Server'
}
