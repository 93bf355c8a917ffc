/** Says what an engine holds: `1 setInterval (5000 ms), 2 net.Socket to 127.0.0.1:5432`. */
import type { Detail, Handle } from '../schema/report.ts'

const phrasesShown = 4

/** A few handles of one name are listed with their details; many are put together. */
export function heldHandlesText(handles: readonly Handle[]): string {
  const byName = new Map<string, Map<string, number>>()
  const serverPorts = new Set(handles.filter(isServer).map(({ detail }) => portOf(detail)))
  for (const { name, detail } of handles) {
    const details = byName.get(name) ?? new Map<string, number>()
    byName.set(name, details)
    const phrase = distinguishingFact(detail, detail.accepted === true || serverPorts.has(portOf(detail)))
    details.set(phrase, (details.get(phrase) ?? 0) + 1)
  }
  return [...byName].flatMap(([name, details]) => phrases(name, details)).join(', ')
}

function phrases(name: string, details: ReadonlyMap<string, number>): string[] {
  if (details.size <= phrasesShown) return [...details].map(([detail, count]) => `${count} ${name}${detail}`)
  const total = [...details.values()].reduce((sum, count) => sum + count, 0)
  const [first] = details.keys()
  return [`${total} ${name} (the first${first})`]
}

function isServer({ name }: Handle): boolean {
  return name.endsWith('.Server')
}

/** Only the port: a server may listen on all addresses, and each connection has one. */
function portOf({ local }: Detail): string | undefined {
  return typeof local === 'string' ? local.slice(local.lastIndexOf(':') + 1) : undefined
}

/**
 * The one fact that distinguishes a handle from others of its name: ` (5000 ms)`, ` to 127.0.0.1:5432`. `accepted`: a connection
 * that a server has accepted.
 */
function distinguishingFact(
  { delayMs, remote, local, path, pid, command, threadId, fd }: Detail,
  accepted: boolean,
): string {
  if (delayMs !== undefined) return ` (${Math.round(Number(delayMs))} ms)`
  // The port of a client says nothing.
  if (remote !== undefined) return accepted ? ` from ${String(remote).replace(/:\d+$/, '')}` : ` to ${remote}`
  if (path !== undefined) return ` on ${path}`
  if (local !== undefined) return ` on ${local}`
  if (pid !== undefined) return ` (${command === undefined ? '' : `${command}, `}pid ${pid})`
  if (threadId !== undefined) return ` (thread ${threadId})`
  return fd === undefined ? '' : ` (fd ${fd})`
}
