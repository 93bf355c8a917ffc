/**
 * A server that was told to close waits for its connections. Where this process has left their other ends open, those ends are to blame; of
 * a request that the server has not answered, the answer is.
 */
import type { EngineRecord } from '../core/records/engine-record.ts'
import type { OwnedHandle } from '../core/stock.ts'
import type { Fault } from './judge.ts'
import { connectionState } from './kinds/connection-state.ts'

interface Socket {
  localPort?: number
  remotePort?: number
  writableLength?: number
  _readableState?: { ended?: boolean }
}

/** By their ports, ends that were blamed before: they are reported once, judged no more, and still open. */
const blamedBefore = new Set<string>()

/** From now on no server is blamed for waiting for these. */
export function rememberBlamed(handles: readonly OwnedHandle[]): void {
  for (const handle of handles) {
    const ports = portsOf(handle, 'localPort', 'remotePort')
    if (ports !== null) blamedBefore.add(ports)
  }
}

/** Whether it is a server's connection whose other end was blamed before. */
export function waitsForBlamed(handle: Pick<OwnedHandle, 'live'>): boolean {
  const ports = isAccepted(handle) ? portsOf(handle, 'remotePort', 'localPort') : null
  return ports !== null && blamedBefore.has(ports)
}

/**
 * `faults` without the engines whose stop waits for that of one which they started, and without the servers that wait for nothing but
 * what other leaks hold: told is what is waited for. A server that nobody is at the other end of, and that did not read its connections, holds
 * nothing: a warning.
 */
export function withoutWaiting(faults: Fault[]): Fault[] {
  return withoutWaitingServers(withoutWaitingRequests(withoutLeftServers(withoutWaitingParents(faults))))
}

function withoutWaitingParents(faults: Fault[]): Fault[] {
  const pending = new Map(
    faults.filter(({ kind }) => kind === 'stop-pending').map((fault) => [fault.engine, fault]),
  )
  if (pending.size < 2) return faults
  const isWaitedFor = (child: EngineRecord, { engine, severity }: Fault): boolean => {
    const fault = pending.get(child)
    if (fault === undefined || (severity === 'leak' && fault.severity === 'warning')) return false
    return (child.stopCalledAt ?? 0) >= (engine?.stopCalledAt ?? 0)
  }
  return faults.filter(
    (fault) => fault.kind !== 'stop-pending' || !fault.children.some((child) => isWaitedFor(child, fault)),
  )
}

function withoutWaitingServers(faults: Fault[]): Fault[] {
  const waiting = faults.filter(waitsForConnections)
  if (waiting.length === 0) return faults
  const isOver = (fault: Fault): boolean => waiting.includes(fault) && fault.handles.every(hasHungUp)
  const ends = new Set<string | null>(
    faults
      .filter((fault) => fault.severity === 'leak' && !waiting.includes(fault))
      .flatMap(({ handles }) => handles.map((handle) => portsOf(handle, 'localPort', 'remotePort'))),
  )
  const isOnlyWaiting = ({ handles }: Fault): boolean =>
    handles.every((handle) => {
      const ports = portsOf(handle, 'remotePort', 'localPort')
      return ports !== null && (ends.has(ports) || blamedBefore.has(ports))
    })
  return faults
    .filter((fault) => !waiting.includes(fault) || !isOnlyWaiting(fault))
    .map((fault) => (isOver(fault) ? { ...fault, severity: 'warning' } : fault))
}

/** A stop that has closed a server and not waited for it has left it: that is one fault. */
function withoutLeftServers(faults: Fault[]): Fault[] {
  const left = new Set<Fault['engine']>(faults.filter(hasLeftServers).flatMap(({ children }) => children))
  if (left.size === 0) return faults
  return faults.filter(({ kind, engine }) => kind !== 'stop-pending' || !left.has(engine))
}

/** A request's socket waits for the answer of the server that waits for it. */
function withoutWaitingRequests(faults: Fault[]): Fault[] {
  const unanswered = new Set<string | null>()
  for (const fault of faults.filter(waitsForConnections)) {
    for (const handle of fault.handles)
      if (connectionState(handle) === 'response') unanswered.add(portsOf(handle, 'localPort', 'remotePort'))
  }
  const isWaiting = (handle: OwnedHandle): boolean => {
    const ports = portsOf(handle, 'remotePort', 'localPort')
    return ports !== null && (unanswered.has(ports) || blamedBefore.has(ports))
  }
  return faults.filter((fault) => !isRequests(fault) || !fault.handles.every(isWaiting))
}

/** A client's socket of nobody's, or an agent's: nothing that the program has started beside the request. */
function isRequests({ engine, handles }: Fault): boolean {
  const isAgent = engine?.origin === 'core' && engine.name.endsWith('.Agent')
  return (engine === null || isAgent) && handles.length > 0 && !handles.some(isAccepted)
}

/** A server whose close waits for connections alone, or what has left such servers. */
function waitsForConnections(fault: Fault): boolean {
  const { kind, engine, handles } = fault
  if (!(kind === 'stop-pending' && engine?.origin === 'core') && !hasLeftServers(fault)) return false
  return handles.length > 0 && handles.every((handle) => !handle.isEngine && isAccepted(handle))
}

function hasLeftServers({ kind, children }: Fault): boolean {
  if (kind !== 'stop-incomplete' || children.length === 0) return false
  return children.every(({ origin, state }) => origin === 'core' && state === 'stopping')
}

function isAccepted({ live: { record, resource } }: Pick<OwnedHandle, 'live'>): boolean {
  return record.kind.server(resource) !== null
}

/** The other end has ended or is gone, and nothing is to be written to it. */
function hasHungUp({ live: { record, resource } }: OwnedHandle): boolean {
  const {
    _readableState: reading,
    remotePort,
    writableLength,
  } = (record.kind.owner(resource) ?? {}) as Socket
  return (reading?.ended === true || remotePort === undefined) && writableLength === 0
}

/** The two ends of a connection have the same two ports. `null`: it is no connection, or one on a path. */
function portsOf({ live }: Pick<OwnedHandle, 'live'>, one: keyof Socket, other: keyof Socket): string | null {
  const { kind } = live.record
  const socket = (kind.runsOn(live.resource) ?? kind.owner(live.resource)) as Socket | null
  const ports = [socket?.[one], socket?.[other]]
  return ports.every((port) => typeof port === 'number') ? ports.join(':') : null
}
