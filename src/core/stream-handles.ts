/** Sockets, pipes, servers, datagrams and terminals: open while they have a descriptor. */
import type { Facts } from './engine-record.ts'
import { type HandleType, isReferenced, ownerOf, refFlag } from './handle-type.ts'
import { underSymbol } from './symbols.ts'

interface Wrap {
  fd?: number
  getsockname?: (out: Address) => unknown
  getpeername?: (out: Address) => unknown
}

interface Address {
  address?: string
  port?: number
  family?: string
}

interface SocketLike {
  destroyed?: boolean
  writableEnded?: boolean
  encrypted?: boolean
  connecting?: boolean
  server?: object | null
  _server?: object | null
  _pipeName?: string
}

const descriptor = (resource: object): number => (resource as Wrap).fd ?? -1
const hasDescriptor = (resource: object): boolean =>
  refFlag(resource) !== undefined && descriptor(resource) >= 0
const stdioLast = 2

function addressText(read: ((out: Address) => unknown) | undefined, wrap: object): string | null {
  if (typeof read !== 'function') return null
  const out: Address = {}
  read.call(wrap, out)
  if (out.address === undefined) return null
  const host = out.family === 'IPv6' ? `[${out.address}]` : out.address
  return `${host}:${out.port}`
}

function addresses(resource: object): Facts {
  const wrap = resource as Wrap
  const facts: Facts = {}
  const local = addressText(wrap.getsockname, wrap)
  const remote = addressText(wrap.getpeername, wrap)
  if (local !== null) facts.local = local
  if (remote !== null) facts.remote = remote
  if (remote !== null && serverOf(resource) !== null) facts.accepted = true
  const path = (ownerOf(resource) as SocketLike | null)?._pipeName
  if (typeof path === 'string') facts.path = path
  return facts
}

function serverOf(resource: object): object | null {
  const socket = ownerOf(resource) as SocketLike | null
  return socket?.server ?? socket?._server ?? null
}

/** Its own side has ended: it closes once the other side has. */
export function isEndedSocket(socket: object | null): boolean {
  return (socket as SocketLike | null)?.writableEnded === true
}

const socket = {
  isAlive: hasDescriptor,
  isClosing: (resource: object) => isEndedSocket(ownerOf(resource)),
  mayOpen: (resource: object) => {
    if (refFlag(resource) === undefined || descriptor(resource) >= 0) return false
    const owner = ownerOf(resource) as SocketLike | null
    return owner === null || owner.destroyed !== true
  },
  isReferenced,
  name: (resource: object) =>
    (ownerOf(resource) as SocketLike | null)?.encrypted === true ? 'tls.TLSSocket' : 'net.Socket',
  detail: addresses,
  owner: ownerOf,
  server: serverOf,
}

const server = {
  isAlive: hasDescriptor,
  mayOpen: (resource: object) =>
    refFlag(resource) !== undefined && descriptor(resource) < 0 && isHeld(resource),
  isReferenced,
  name: () => 'net.Server',
  detail: addresses,
  isInternal: () => false,
  owner: ownerOf,
}

function isHeld(resource: object): boolean {
  const owner = ownerOf(resource) as { _handle?: unknown } | null
  return owner === null || owner._handle === resource
}

const bindingState = 1

/** A datagram socket has a descriptor once it is bound; before that it holds nothing. Its `_handle` is deprecated (DEP0112). */
function isBinding(resource: object): boolean {
  const owner = ownerOf(resource)
  if (refFlag(resource) === undefined || owner === null) return false
  const state = underSymbol(owner, 'state symbol') as { handle?: unknown; bindState?: unknown } | undefined
  return state?.handle === resource && state.bindState === bindingState
}

const isStdio = (resource: object): boolean => {
  const fd = descriptor(resource)
  return fd >= 0 && fd <= stdioLast
}

/** libuv opens a terminal anew, under another descriptor; `process.stdout` and its like say which they stand for. */
const isTerminalOfProcess = (resource: object): boolean => {
  const { fd = -1 } = (ownerOf(resource) ?? {}) as { fd?: number }
  return isStdio(resource) || (fd >= 0 && fd <= stdioLast)
}

export const streamHandles: readonly HandleType[] = [
  { type: 'TCPWRAP', ...socket, isInternal: () => false },
  { type: 'PIPEWRAP', ...socket, isInternal: isStdio },
  { type: 'TCPSERVERWRAP', ...server },
  { type: 'PIPESERVERWRAP', ...server },
  {
    type: 'UDPWRAP',
    isAlive: hasDescriptor,
    mayOpen: (resource) => refFlag(resource) !== undefined && descriptor(resource) < 0,
    isReferenced,
    name: () => 'dgram.Socket',
    detail: addresses,
    isInternal: () => false,
    owner: ownerOf,
  },
  {
    type: 'TTYWRAP',
    isAlive: hasDescriptor,
    mayOpen: () => false,
    isReferenced,
    name: (resource) => ('isRaw' in (ownerOf(resource) ?? {}) ? 'tty.ReadStream' : 'tty.WriteStream'),
    detail: (resource) => ({ fd: descriptor(resource) }),
    isInternal: isTerminalOfProcess,
    owner: ownerOf,
  },
]

/** Whether a datagram socket is bound or about to be. */
export function isBoundDatagram(resource: object): boolean {
  return hasDescriptor(resource) || isBinding(resource)
}
