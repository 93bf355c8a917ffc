import { expect, it } from 'vitest'
import type { EngineRecord } from '../../src/core/records/engine-record.ts'
import type { OwnedHandle } from '../../src/core/stock.ts'
import type { Fault } from '../../src/judge/judge.ts'
import { withoutWaiting } from '../../src/judge/waiting-servers.ts'

const engine = (name: string, stopCalledAt: number) =>
  ({ name, origin: 'convention', stopCalledAt }) as EngineRecord

function fault(of: EngineRecord, children: EngineRecord[], severity: Fault['severity'] = 'leak'): Fault {
  return { kind: 'stop-pending', severity, engine: of, state: null, handles: [], children }
}

it('tells of a stop that is waited for, and not of those that wait for it', () => {
  const [inner, middle, outer] = [engine('Inner', 3), engine('Middle', 2), engine('Outer', 1)]
  const faults = [fault(outer, [middle, inner]), fault(middle, [inner]), fault(inner, [])]
  expect(withoutWaiting(faults).map((each) => each.engine?.name)).toEqual(['Inner'])
})

it('tells of both where the inner one was told to stop before, or is no leak', () => {
  const outer = engine('Outer', 2)
  const [before, harmless] = [engine('Before', 1), engine('Harmless', 3)]
  for (const inner of [fault(before, []), fault(harmless, [], 'warning')]) {
    const faults = [fault(outer, [inner.engine as EngineRecord]), inner]
    expect(withoutWaiting(faults)).toEqual(faults)
  }
})

/** One end of a connection: accepted by a server, with a response under way, where `server` is given. */
function end(localPort: number, remotePort: number, server: object | null): OwnedHandle {
  const socket = { localPort, remotePort, _httpMessage: server }
  const kind = { server: () => server, owner: () => socket, runsOn: () => null }
  return { isEngine: false, live: { record: { kind }, resource: socket } } as unknown as OwnedHandle
}

const core = (name: string) => ({ name, origin: 'core', state: 'stopping' }) as EngineRecord

it('tells of the answer that is missing, and not of the socket or agent of the request which waits for it', () => {
  const waiting: Fault = {
    ...fault(core('http.Server'), []),
    handles: [end(80, 5000, {}), end(80, 5001, {})],
  }
  const orphan: Fault = { ...waiting, kind: 'orphan', engine: null, handles: [end(5000, 80, null)] }
  const agent: Fault = { ...orphan, kind: 'never-stopped', engine: core('http.Agent') }
  const other: Fault = { ...agent, handles: [end(5001, 80, null), end(6000, 90, null)] }
  const client: Fault = { ...orphan, engine: engine('Client', 0) }
  expect(withoutWaiting([waiting, orphan, agent, other])).toEqual([waiting, other])
  expect(withoutWaiting([{ ...waiting, handles: [end(80, 5000, {})] }, client])).toEqual([client])
})

it('tells of a stop that has left a server, and not of the server', () => {
  const server = core('http.Server')
  const pending: Fault = { ...fault(server, []), handles: [end(80, 5000, {})] }
  const left: Fault = { ...pending, kind: 'stop-incomplete', engine: engine('Api', 0), children: [server] }
  expect(withoutWaiting([left, pending])).toEqual([left])
})

it('tells of an HTTP/2 session that was left open, and not of the server that waits for it', () => {
  const accepted = end(80, 5000, {})
  Object.assign(accepted.live.resource, { _httpMessage: null })
  const server: Fault = { ...fault(core('http2.Server'), []), handles: [accepted] }
  const session = end(0, 0, null)
  const kind = { server: () => null, owner: () => ({}), runsOn: () => ({ localPort: 5000, remotePort: 80 }) }
  const record = { ...session.live.record, kind }
  const handles = [{ ...session, live: { ...session.live, record } } as unknown as OwnedHandle]
  const orphan: Fault = { ...server, kind: 'orphan', engine: null, handles }
  expect(withoutWaiting([server, orphan])).toEqual([orphan])
})

it('warns of a server whose connections nobody is at the other end of', () => {
  const kind = { server: () => ({}), owner: (socket: object) => socket, runsOn: () => null }
  const connection = (fields: object) => {
    const socket = { localPort: 80, remotePort: 5000, writableLength: 0, ...fields }
    return { isEngine: false, live: { record: { kind }, resource: socket } } as unknown as OwnedHandle
  }
  const [ended, gone] = [
    connection({ _readableState: { ended: true } }),
    connection({ remotePort: undefined }),
  ]
  const unwritten = connection({ _readableState: { ended: true }, writableLength: 5 })
  const severities = [[ended, gone], [ended, connection({})], [unwritten]].map((handles) => {
    const [judged] = withoutWaiting([{ ...fault(core('net.Server'), []), handles }])
    return judged?.severity
  })
  expect(severities).toEqual(['warning', 'leak', 'leak'])
})
