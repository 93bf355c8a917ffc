/** A server that was told to close waits for its connections. Where this process has left their other ends open, those are to blame. */
import type { OwnedHandle } from '../core/stock.ts'
import type { Fault } from './judge.ts'

interface Socket {
  localPort?: number
  remotePort?: number
}

/** Ends that were blamed before, by their ports: what was told of once is judged no more, and is still open. */
const blamedBefore = new Set<string>()

/** From now on no server is blamed for waiting for these. */
export function rememberBlamed(handles: readonly OwnedHandle[]): void {
  for (const handle of handles) {
    const ports = portsOf(handle, 'localPort', 'remotePort')
    if (ports !== null) blamedBefore.add(ports)
  }
}

/** Whether it is a connection that waits for an end which was blamed before. */
export function waitsForBlamed(handle: Pick<OwnedHandle, 'live'>): boolean {
  const ports = isAccepted(handle) ? portsOf(handle, 'remotePort', 'localPort') : null
  return ports !== null && blamedBefore.has(ports)
}

/** `faults` without servers that wait for what other leaks among them hold. */
export function withoutWaitingServers(faults: Fault[]): Fault[] {
  const waiting = faults.filter(waitsForConnections)
  if (waiting.length === 0) return faults
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
  return faults.filter((fault) => !waiting.includes(fault) || !isOnlyWaiting(fault))
}

function waitsForConnections({ kind, engine, handles }: Fault): boolean {
  if (kind !== 'stop-pending' || engine?.origin !== 'core') return false
  return handles.length > 0 && handles.every((handle) => !handle.isEngine && isAccepted(handle))
}

function isAccepted({ live: { record, resource } }: Pick<OwnedHandle, 'live'>): boolean {
  return (record.kind.server?.(resource) ?? null) !== null
}

/** Two ends of one connection have the same two ports; `null`: it is none, or on a path. */
function portsOf({ live }: Pick<OwnedHandle, 'live'>, one: keyof Socket, other: keyof Socket): string | null {
  const socket = live.record.kind.owner(live.resource) as Socket | null
  const ports = [socket?.[one], socket?.[other]]
  return ports.every((port) => typeof port === 'number') ? ports.join(':') : null
}
