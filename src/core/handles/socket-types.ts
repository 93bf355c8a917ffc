/** Sockets, pipes, servers, datagrams and terminals, which are open while they have a descriptor; and what runs on a socket. */
import type { Facts } from '../records/engine-record.ts'
import { type HandleType, handleType, isReferenced, refFlag } from './handle-type.ts'
import { ownerOf, underSymbol } from './hidden-symbols.ts'
import { state } from './state.ts'

interface Wrap {
  fd?: number
  /** Set by its stream: it waits for data. */
  reading?: boolean
  writeQueueSize?: number
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
  /** What is under way on it: of a client, the request. */
  _httpMessage?: object | null
  connecting?: boolean
  server?: object | null
  _server?: object | null
  _pipeName?: string
  writableLength?: number
  _readableState?: { ended?: boolean }
  fd?: number
}

const descriptor = (resource: object): number => (resource as Wrap).fd ?? -1
const hasDescriptor = (resource: object): boolean =>
  refFlag(resource) !== undefined && descriptor(resource) >= 0
const stdioLast = 2
const stdinName = 'process.stdin'

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

/** Whether a client's socket has not come to anything yet. */
export function isConnecting(resource: object): boolean {
  return (ownerOf(resource) as SocketLike | null)?.connecting === true
}

/** Its own side has ended: it closes once the other side has. */
export function isEndedSocket(socket: object | null): boolean {
  return (socket as SocketLike | null)?.writableEnded === true
}

/** The other side has ended, and nothing is to be written: the event loop has nothing to wait for, though the socket is open. */
function isInactive(resource: object): boolean {
  const socket = ownerOf(resource) as SocketLike | null
  if (socket?._readableState?.ended !== true || socket.connecting === true) return false
  return socket.writableLength === 0 && ((resource as Wrap).writeQueueSize ?? 0) === 0
}

const isTls = (resource: object): boolean => (ownerOf(resource) as SocketLike | null)?.encrypted === true

const socket = {
  name: (resource: object) => (isTls(resource) ? 'tls.TLSSocket' : 'net.Socket'),
  stopCall: (resource: object) =>
    (ownerOf(resource) as SocketLike | null)?._httpMessage ? 'request.destroy()' : 'socket.destroy()',
  detail: addresses,
  isAlive: hasDescriptor,
  mayOpen: (resource: object) => {
    if (refFlag(resource) === undefined || descriptor(resource) >= 0) return false
    const owner = ownerOf(resource) as SocketLike | null
    return owner === null || owner.destroyed !== true
  },
  isClosing: (resource: object) => isEndedSocket(ownerOf(resource)),
  isReferenced: (resource: object) => isReferenced(resource) && !isInactive(resource),
  // An agent that uses a socket again announces an object that has it as its `handle`.
  isStandIn: (resource: object) => (resource as { handle?: unknown }).handle !== undefined,
  isLink: () => true,
  mayBeAccepted: true,
  server: serverOf,
} satisfies Partial<HandleType>

const tcpSocket: HandleType = handleType({ type: 'TCPWRAP', ...socket })

/** Node's handle of a stream that it gives the process: of standard input while it is not read, as it then holds nothing. */
const ofProcess = {
  isInternal: (resource: object) => {
    const fd = stdioOf(resource)
    return fd !== null && (fd > 0 || (resource as Wrap).reading !== true)
  },
  isStdin: (resource: object) => stdioOf(resource) === 0,
} satisfies Partial<HandleType>

export const pipe: HandleType = handleType({
  type: 'PIPEWRAP',
  ...socket,
  ...ofProcess,
  name: (resource) => (ofProcess.isStdin(resource) ? stdinName : socket.name(resource)),
})

const server = {
  name: () => 'net.Server',
  stopCall: () => 'server.close()',
  detail: addresses,
  isAlive: hasDescriptor,
  mayOpen: (resource: object) =>
    refFlag(resource) !== undefined && descriptor(resource) < 0 && isHeld(resource),
  isInternal: (resource: object) => state.ofNode.has(ownerOf(resource) ?? resource),
} satisfies Partial<HandleType>

export const servers: readonly HandleType[] = [
  handleType({ type: 'TCPSERVERWRAP', ...server }),
  handleType({ type: 'PIPESERVERWRAP', ...server }),
]

function isHeld(resource: object): boolean {
  const owner = ownerOf(resource) as { _handle?: unknown } | null
  return owner === null || owner._handle === resource
}

export const datagramSocket: HandleType = handleType({
  type: 'UDPWRAP',
  name: () => 'dgram.Socket',
  stopCall: () => 'socket.close()',
  detail: addresses,
  isAlive: hasDescriptor,
  mayOpen: (resource) => refFlag(resource) !== undefined && descriptor(resource) < 0,
})

const bindingState = 1

/** Whether a datagram socket is bound or about to be. */
export function isBoundDatagram(resource: object): boolean {
  return hasDescriptor(resource) || isBinding(resource)
}

/** A datagram socket has a descriptor once it is bound; before that it holds nothing. Its `_handle` is deprecated (DEP0112). */
function isBinding(resource: object): boolean {
  const owner = ownerOf(resource)
  if (refFlag(resource) === undefined || owner === null) return false
  const state = underSymbol(owner, 'state symbol') as { handle?: unknown; bindState?: unknown } | undefined
  return state?.handle === resource && state.bindState === bindingState
}

/** Which of the process's own streams it is. libuv opens a terminal anew, under another descriptor; its stream says which it stands for. */
function stdioOf(resource: object): number | null {
  const own = descriptor(resource)
  const { fd = own } = own > stdioLast ? ((ownerOf(resource) ?? {}) as SocketLike) : {}
  return fd >= 0 && fd <= stdioLast ? fd : null
}

const terminal: HandleType = handleType({
  type: 'TTYWRAP',
  ...ofProcess,
  name: (resource) => {
    if (ofProcess.isStdin(resource)) return stdinName
    return 'isRaw' in (ownerOf(resource) ?? {}) ? 'tty.ReadStream' : 'tty.WriteStream'
  },
  stopCall: () => 'stream.destroy()',
  detail: (resource) => ({ fd: descriptor(resource) }),
  isAlive: hasDescriptor,
})

interface Http2Session {
  destroyed: boolean
  closed: boolean
  type: number
}

const serverSession = 0

/** The session of a client; those of a server are its connections, which are handles already. */
const http2Session: HandleType = handleType({
  type: 'HTTP2SESSION',
  name: () => 'http2.ClientHttp2Session',
  stopCall: () => 'session.close()',
  detail: () => ({}),
  isAlive: (resource) => {
    const session = ownerOf(resource) as Http2Session | null
    return session !== null && !session.destroyed && session.type !== serverSession
  },
  isClosing: (resource) => (ownerOf(resource) as Http2Session | null)?.closed === true,
  isReferenced: () => false,
  runsOn: (resource) => {
    const session = ownerOf(resource)
    const socket = session === null ? undefined : underSymbol(session, 'socket')
    return typeof socket === 'object' ? socket : null
  },
})

export const socketTypes: readonly HandleType[] = [
  tcpSocket,
  pipe,
  ...servers,
  datagramSocket,
  terminal,
  http2Session,
]
