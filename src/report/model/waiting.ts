/** What the close of an HTTP server waits for: its connections, by what each is in the middle of. */
import type { Fault } from '../../judge/judge.ts'
import { connectionState } from '../../judge/kinds/connection-state.ts'

const phrases = {
  response: (count: number) =>
    `${counted(count, 'response')} that ${count === 1 ? 'was' : 'were'} never ended: call \`response.end()\``,
  upgraded: (count: number) =>
    `${counted(count, 'upgraded connection')}, as of a WebSocket: call \`terminate()\``,
  silent: (count: number) =>
    `${counted(count, 'connection')} without a request: call \`server.closeAllConnections()\``,
}

/** `null`: it is no such server, or holds no connection; or more than such servers is left of what a stop has closed. */
export function waitsFor({ kind, engine, handles, children }: Fault): string | null {
  const isPending = kind === 'stop-pending'
  const isLeft = kind === 'stop-incomplete' && children.every(({ state }) => state === 'stopping')
  const servers = isPending ? [engine] : isLeft ? children : []
  if (servers.length === 0 || !servers.every(isServer)) return null
  const counts = { response: 0, upgraded: 0, silent: 0 }
  for (const handle of handles) {
    const state = handle.isEngine ? null : connectionState(handle)
    if (state !== null) counts[state] += 1
    else if (!isPending) return null
  }
  const all = (['response', 'upgraded', 'silent'] as const).filter((state) => counts[state] > 0)
  return all.length === 0 ? null : all.map((state) => phrases[state](counts[state])).join('; ')
}

function isServer(engine: Fault['engine']): boolean {
  return engine?.origin === 'core' && /^https?\.Server$/.test(engine.name)
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
