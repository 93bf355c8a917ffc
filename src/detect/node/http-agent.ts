/**
 * `http.Agent` and `https.Agent`: an engine while it holds sockets, whoever asked for them first. The global agents
 * are Node's own.
 */

import { engineOf } from '../../core/engines/objects.ts'
import { isEndedSocket } from '../../core/handles/socket-types.ts'
import { stackOf } from '../../core/handles/whose-handle.ts'
import { contextOwner } from '../../core/ownership/context.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { recordFault } from '../../core/self/faults.ts'
import { engineStack } from '../../core/stacks/budget.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { isProgram } from '../../core/stacks/frames.ts'
import { noteStops, startCoreEngine } from './core-engine.ts'

const { types } = process.getBuiltinModule('node:util')

interface Agent {
  keepAlive?: boolean
  options?: object
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
/** What Node sets where nobody has. */
const ownOptions = new Set(['noDelay', 'path'])

/**
 * Told of each request as it is given its socket. Node's channel `http.client.request.start` would tell of it, too, but a program sees who
 * has subscribed to it.
 */
export function requestStarted(announced: object): void {
  try {
    const { agent, socket } = (announced as { req: Request }).req
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
  if (isOfOneRequest(agent)) return
  agents.add(new WeakRef(agent))
  // A library's own is known by its name.
  if (isGlobal(agent) || engineOf(agent) !== undefined) return
  const { Agent } = require('node:http') as typeof import('node:http')
  noteStops(Agent.prototype, 'destroy', engineOf)
  const stack = madeBy ?? engineStack(meet, requestDepth)
  const weak = new WeakRef(agent)
  const isSecure = 'maxCachedSessions' in agent
  const name = isSecure ? 'https.Agent' : 'http.Agent'
  const owner = holderOf(agent) ?? libraryBehind(stack)
  const isDormant = () => {
    const each = weak.deref()
    return each === undefined || socketsOf(each).every(isEndedSocket)
  }
  startCoreEngine({ name, start: 'new', stop: 'destroy', stack, owner, isDormant }, agent)
}

/**
 * Node makes an agent without options for a request with `agent: false`. The program does not have it, and it keeps no socket after
 * the request.
 */
function isOfOneRequest({ keepAlive, options }: Agent): boolean {
  return keepAlive !== true && Object.keys(options ?? {}).every((key) => ownOptions.has(key))
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

/** Of a library's engine, where no code of the program's is on the way from that to its request. */
function libraryBehind(stack: CapturedStack | null): EngineRecord | null {
  const user = contextOwner()
  return user === null || user.traits === null || stack?.frames.some(isProgram) === true ? null : user
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
