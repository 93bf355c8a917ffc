import { expect, it } from 'vitest'
import type { EngineRecord } from '../../../src/core/records/engine-record.ts'
import type { OwnedHandle } from '../../../src/core/stock.ts'
import type { Fault } from '../../../src/judge/judge.ts'
import { waitsFor } from '../../../src/report/model/waiting.ts'

const server = { origin: 'core', name: 'http.Server', state: 'stopping' } as EngineRecord
const api = { origin: 'convention', name: 'Api', state: 'stopped' } as EngineRecord

function handle(connection: object, acceptedBy: object | null = {}): OwnedHandle {
  const kind = { server: () => acceptedBy, owner: () => connection }
  return { isEngine: false, live: { record: { kind }, resource: {} } } as unknown as OwnedHandle
}

function fault(fields: Partial<Fault>): Fault {
  return { kind: 'stop-pending', engine: server, handles: [], children: [], ...fields } as Fault
}

const answering = handle({ _httpMessage: {}, parser: {} })
const silent = handle({ _httpMessage: null, parser: {} })

it('says what the connections of a server are in the middle of', () => {
  expect(waitsFor(fault({ handles: [answering] }))).toMatch(/^1 response that was never ended/)
  expect(waitsFor(fault({ handles: [answering, silent] }))).toMatch(/; 1 connection without a request/)
  expect(waitsFor(fault({}))).toBeNull()
})

it('of an encrypted one what runs over it', () => {
  const upgraded = {}
  const below = {}
  const over = { _parent: below, _httpMessage: null, parser: {} }
  const https = { [Symbol('http.server.connections')]: { all: () => [{ socket: null }, { socket: over }] } }
  expect(waitsFor(fault({ handles: [handle(below, https)] }))).toMatch(/^1 connection without a request/)
  expect(waitsFor(fault({ handles: [handle(upgraded, https)] }))).toMatch(/^1 upgraded connection/)
})

it('also where an engine has closed the server and did not wait for it', () => {
  const left = fault({ kind: 'stop-incomplete', engine: api, children: [server], handles: [answering] })
  expect(waitsFor(left)).toMatch(/^1 response that was never ended/)
})

it('but not where anything else is left, or the server was not closed', () => {
  const left = fault({ kind: 'stop-incomplete', engine: api, children: [server] })
  expect(waitsFor({ ...left, handles: [answering, handle({}, null)] })).toBeNull()
  expect(waitsFor({ ...left, handles: [answering], children: [{ ...server, state: 'running' }] })).toBeNull()
  expect(waitsFor({ ...left, handles: [answering], children: [] })).toBeNull()
})
