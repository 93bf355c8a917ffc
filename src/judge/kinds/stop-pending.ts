import { type Blamed, closesByItself, type EngineKind, severityByHoldings } from './kind.ts'
import { isFinal } from './trigger.ts'

/** Its stop was called and has not finished. */
export const kind: EngineKind = {
  of: 'engine',
  fits: ({ engine, state, children }, { trigger, now, graceMs, stallMs }) => {
    if (state !== 'stopping') return false
    // It waits for what was taken from it: that is told.
    if (children.some(({ lease }) => lease)) return false
    const pendingMs = now - (engine.stopCalledAt ?? now)
    // Node's own and a library's close by themselves once their stop was called; a program's own may never.
    if (trigger === 'exit' && closesByItself(engine) && pendingMs < graceMs) return false
    if (isFinal(trigger)) return true
    // `queue.drain()` waits for what others bring, in a process that goes on.
    return stallMs > 0 && pendingMs > stallMs && engine.cls?.passingStops.has(engine.stop) !== true
  },
  severity: (blamed) => (waitsForIdleAlone(blamed) ? 'warning' : severityByHoldings(blamed)),
  isReportedByChecks: true,
}

interface Connection {
  /** Set once a request was answered. */
  timeout?: number
  /** The answer that is under way. */
  _httpMessage?: object | null
}

/** Connections that are kept for a next request, and that end by themselves when none comes. */
function waitsForIdleAlone({ handles }: Blamed): boolean {
  return (
    handles.length > 0 &&
    handles.every(({ live: { record, resource } }) => {
      const server = record.kind.server(resource)
      const socket = record.kind.owner(resource) as Connection | null
      if (server === null || socket === null || !('keepAliveTimeout' in server)) return false
      return (socket.timeout ?? 0) > 0 && (socket._httpMessage ?? null) === null
    })
  )
}
