/** What an engine holds, in words: `1 setInterval (5000 ms), 2 net.Socket to 127.0.0.1:5432`. */
import type { Detail, Handle } from './report.ts'

const phrasesShown = 4

/** Handles of one name that differ in detail are told apart while they are few, else put together. */
export function holdings(handles: readonly Handle[]): string {
  const byName = new Map<string, Map<string, number>>()
  const served = new Set(handles.filter(isServer).map(({ detail }) => portOf(detail)))
  for (const { name, detail } of handles) {
    const details = byName.get(name) ?? new Map<string, number>()
    byName.set(name, details)
    const phrase = facts(detail, detail.accepted === true || served.has(portOf(detail)))
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

/** A server may listen on every address, where its connections have one each. */
function portOf({ local }: Detail): string | undefined {
  return typeof local === 'string' ? local.slice(local.lastIndexOf(':') + 1) : undefined
}

/**
 * The one fact that tells a handle from others, with what joins it to the name. `accepted`: a connection that came
 * in at a server.
 */
function facts(
  { delayMs, remote, local, path, pid, command, threadId, fd }: Detail,
  accepted: boolean,
): string {
  if (delayMs !== undefined) return ` (${delayMs} ms)`
  // A client's port says nothing.
  if (remote !== undefined) return accepted ? ` from ${String(remote).replace(/:\d+$/, '')}` : ` to ${remote}`
  if (path !== undefined) return ` on ${path}`
  if (local !== undefined) return ` on ${local}`
  if (pid !== undefined) return ` (${command === undefined ? '' : `${command}, `}pid ${pid})`
  if (threadId !== undefined) return ` (thread ${threadId})`
  return fd === undefined ? '' : ` (fd ${fd})`
}
