/**
 * An exit cannot wait, and clients of dependencies take their leave over the wire: `await redis.quit()` gives before the server has hung
 * up, `await pool.end()` before the goodbye is written. What parts at this moment is closing.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import type { LiveHandle } from '../core/handles/live-handles.ts'
import { isDependency, isProgram } from '../core/stacks/frames.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { madeBy } from '../judge/made-by.ts'

interface SocketLike {
  encrypted?: boolean
  writableLength?: number
  _writableState?: { pendingcb?: number }
}

const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6']
/** Some thousand connections: a longer table takes too long to read. */
const tableBytes = 1 << 20
/** The other side has ended, in Linux's numbers. */
const closeWait = '08'
const stopVerb = /(?:^|\.)#?_*(?:close|end|quit|stop|disconnect|destroy|dispose|shutdown|terminate)\w*$/i

export function markingParting(stock: Stock, now: number, graceMs: number): Stock {
  let hungUp: ReadonlySet<string> | null = null
  const isParting = (handle: OwnedHandle): boolean => {
    const { owner, closing, isEngine, live } = handle
    if (closing || isEngine || madeBy(live.record.stack) !== 'dependency') return false
    if (owner !== null && owner.state !== 'stopped' && owner.state !== 'stopping') return false
    if (handle.dueMs !== null) return now - live.record.openedAt < graceMs && isOfStop(live)
    if (!live.record.kind.mayBeAccepted) return false
    if (isWritingNow(live)) return true
    hungUp ??= portsHungUp()
    return hungUp.size > 0 && hungUp.has(portsOf(live))
  }
  return {
    ...stock,
    handles: stock.handles.map((handle) => (isParting(handle) ? { ...handle, closing: true } : handle)),
  }
}

/** A one-shot timer that bounds the stop of a dependency's object. */
function isOfStop({ record }: LiveHandle): boolean {
  const frames = record.stack?.frames ?? []
  const outer = frames.findIndex(isProgram)
  const entry = frames.slice(0, outer < 0 ? undefined : outer).findLast(isDependency)
  return stopVerb.test(entry?.function ?? '')
}

/** It has written in this turn: what tells it that this is done has not run. */
function isWritingNow({ record, resource }: LiveHandle): boolean {
  const socket = record.kind.owner(resource) as SocketLike | null
  if ((socket?._writableState?.pendingcb ?? 0) === 0) return false
  return socket?.encrypted === true || socket?.writableLength === 0
}

function portsOf({ record, resource }: LiveHandle): string {
  const { local, remote } = record.kind.detail(resource)
  return `${portOf(local)}-${portOf(remote)}`
}

const portOf = (address: unknown): number => Number(/:(\d+)$/.exec(String(address))?.[1])

/** The local and the remote port of each connection whose other side has ended; none where the system does not tell. */
function portsHungUp(): ReadonlySet<string> {
  const ports = new Set<string>()
  for (const table of tables) {
    for (const line of readStart(table).split('\n')) {
      const [, local, remote, state] = line.trim().split(/\s+/)
      if (state === closeWait) ports.add(`${hexPort(local)}-${hexPort(remote)}`)
    }
  }
  return ports
}

const hexPort = (address = ''): number => Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16)

function readStart(path: string): string {
  let descriptor: number | null = null
  try {
    descriptor = openSync(path, 'r')
    const bytes = Buffer.allocUnsafe(tableBytes)
    let length = 0
    for (let read = -1; read !== 0 && length < tableBytes; length += read) {
      read = readSync(descriptor, bytes, length, tableBytes - length, null)
    }
    return bytes.toString('latin1', 0, length)
  } catch {
    return ''
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}
