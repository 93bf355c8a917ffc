/**
 * `net`, `tls`, `http`, `https` and `http2` servers, from `listen` to `close`: all are `net.Server`s underneath. The
 * engine begins with the call, not with the handle: where a host name is looked up first, the handle comes later,
 * from a callback without a frame of the program's.
 */

import { serverOpened } from '../../core/accepted.ts'
import { engineStack } from '../../core/budget.ts'
import { now } from '../../core/clock.ts'
import { requester } from '../../core/construction.ts'
import type { EngineRecord } from '../../core/engine-record.ts'
import { engineOf } from '../../core/engines.ts'
import { recordFault } from '../../core/faults.ts'
import { onOpen } from '../../core/handles.ts'
import { applyOwned, contextOwner } from '../../core/ownership.ts'
import { wrapProperty } from '../wrap.ts'
import { noteStops, startCoreEngine } from './core-engine.ts'

interface NetServer {
  _handle: object | null
  _connections: number
}

const listenDepth = 24
/** A host name is found by then, or `listen` has failed. */
const lookupMs = 10_000

/** Returns its undo. */
export function watchServers(): () => void {
  const { Server } = process.getBuiltinModule('node:net')
  for (const type of ['TCPSERVERWRAP', 'PIPESERVERWRAP']) {
    onOpen(type, ({ asyncId }) => {
      serverOpened(asyncId, contextOwner())
      return null
    })
  }
  noteStops(Server.prototype, 'close', engineOf)
  const undo = wrapProperty(Server.prototype, 'listen', (original, self, args) => {
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
  const weak = new WeakRef(server)
  const owner = requester(stack)
  const record = startCoreEngine(
    { name: serverName(server), start: 'listen', stop: 'close', stack, owner, isOpen: null },
    server,
  )
  let opened = false
  const hasHandle = () => {
    const has = (weak.deref()?._handle ?? null) !== null
    opened ||= has
    return has
  }
  const isLookingUp = () => !opened && record.stopCalledAt === null && now() - record.startedAt < lookupMs
  record.isOpen = () => hasHandle() || isLookingUp()
  record.isDormant = () => !hasHandle() && isLookingUp()
  record.holdsOthers = () => opened && (weak.deref()?._connections ?? 0) > 0
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
