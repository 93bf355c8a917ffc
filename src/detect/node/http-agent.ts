/**
 * `http.Agent` and `https.Agent`: an engine while it holds sockets, whoever asked for them first. The global agents
 * are Node's own.
 */

import { engineStack } from '../../core/budget.ts'
import type { EngineRecord } from '../../core/engine-record.ts'
import { engineOf } from '../../core/engines.ts'
import { recordFault } from '../../core/faults.ts'
import { stackOf } from '../../core/handle-table.ts'
import { contextOwner } from '../../core/ownership.ts'
import type { CapturedStack } from '../../core/stack.ts'
import { isEndedSocket } from '../../core/stream-handles.ts'
import { noteStops, startCoreEngine } from './core-engine.ts'

const { types } = process.getBuiltinModule('node:util')

interface Agent {
  sockets: Record<string, object[] | undefined>
  freeSockets: Record<string, object[] | undefined>
}

interface Request {
  agent?: Agent
  /** Of TLS, the handle of the socket below is its handle's parent. */
  socket?: { _handle?: { _parent?: object } | null } | null
}

const agents = new Set<WeakRef<Agent>>()
const known = new WeakSet<object>()
const requestDepth = 24

/** Told of each request that starts, by Node's channel `http.client.request.start`. */
export function requestStarted(message: unknown): void {
  try {
    const { agent, socket } = (message as { request: Request }).request
    if (typeof agent === 'object' && agent !== null && !known.has(agent)) meet(agent, stackOfSocket(socket))
  } catch (error) {
    recordFault('an agent', error)
  }
}

/** The request starts long after the call for it: the socket was made in that call. */
function stackOfSocket(socket: Request['socket']): CapturedStack | null {
  const handle = socket?._handle
  return handle ? stackOf(handle._parent ?? handle) : null
}

function meet(agent: Agent, madeBy: CapturedStack | null): void {
  known.add(agent)
  agents.add(new WeakRef(agent))
  if (isGlobal(agent)) return
  const { Agent } = require('node:http') as typeof import('node:http')
  noteStops(Agent.prototype, 'destroy', engineOf)
  const stack = madeBy ?? engineStack(meet, requestDepth)
  const weak = new WeakRef(agent)
  const isSecure = 'maxCachedSessions' in agent
  const name = isSecure ? 'https.Agent' : 'http.Agent'
  const owner = holderOf(agent)
  const record = startCoreEngine({ name, start: 'new', stop: 'destroy', stack, owner, isOpen: null }, agent)
  record.isDormant = () => {
    const each = weak.deref()
    return each === undefined || socketsOf(each).every(isEndedSocket)
  }
}

/** An agent belongs to the engine that keeps it, which need not be the first to use it. */
function holderOf(agent: Agent): EngineRecord | null {
  const user = contextOwner()
  const target = user?.target?.deref()
  if (target === undefined || types.isProxy(target)) return null
  const keeps = Object.keys(target).some(
    (key) => Object.getOwnPropertyDescriptor(target, key)?.value === agent,
  )
  return keeps ? user : null
}

function isGlobal(agent: Agent): boolean {
  const http = require('node:http') as typeof import('node:http')
  if (agent === (http.globalAgent as unknown)) return true
  return (
    'maxCachedSessions' in agent &&
    agent === ((require('node:https') as typeof import('node:https')).globalAgent as unknown)
  )
}

function socketsOf(agent: Agent): object[] {
  return [agent.sockets, agent.freeSockets].flatMap((pool) =>
    Object.values(pool).flatMap((sockets) => sockets ?? []),
  )
}

/** The sockets that agents hold now, each with its agent's engine; `null` for those of the global agents. */
export function pooledSockets(): Map<object, EngineRecord | null> {
  const pooled = new Map<object, EngineRecord | null>()
  for (const weak of agents) {
    const agent = weak.deref()
    if (agent === undefined) agents.delete(weak)
    else for (const socket of socketsOf(agent)) pooled.set(socket, engineOf(agent) ?? null)
  }
  return pooled
}
