/**
 * Node's own engines. What leakwatch knows of each is loaded when the program first opens one, or first asks for the module
 * of Node's that has to be changed before.
 */

import { onClientRequest, onFirstOpen } from '../../core/handles/follow-handles.ts'
import {
  childProcess,
  messagePort,
  pathWatcher,
  statWatcher,
  worker,
} from '../../core/handles/handle-types.ts'
import { datagramSocket } from '../../core/handles/socket-types.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { attempt } from '../../core/self/faults.ts'
import { followBuiltinModules, whenRead, whenRequested } from './builtin-requests.ts'

const fs = process.getBuiltinModule('node:fs')

let agents: typeof import('./http-agent.ts') | null = null
let fileHandles: typeof import('./file-handle.ts') | null = null

const watchServers = () => (require('./net.js') as typeof import('./net.ts')).watchServers()
const watchReadline = () => (require('./readline.js') as typeof import('./readline.ts')).watchReadline()
const watchDatagrams = () => (require('./dgram.js') as typeof import('./dgram.ts')).watchDatagrams()
const watchWorkers = () => (require('./worker.js') as typeof import('./worker.ts')).watchWorkers()
const watchChildren = () =>
  (require('./child-process.js') as typeof import('./child-process.ts')).watchChildren()
const watchWatchers = () => (require('./fs.js') as typeof import('./fs.ts')).watchWatchers()

function watchFileHandles(): void {
  if (fileHandles !== null) return
  fileHandles = require('./file-handle.js') as typeof import('./file-handle.ts')
  fileHandles.watchFileHandles()
}

/** `hearsRequests`: the loader says which modules the program requests. */
export function watchNodeEngines(hearsRequests: boolean): void {
  whenRequested(/^node:(?:net|tls|_tls|http|https|http2|_http|cluster)/, 'net', hearsRequests, watchServers)
  whenRequested(/^node:readline/, 'readline', hearsRequests, watchReadline)
  whenRequested(/^node:fs\/promises/, 'internal/fs/promises', hearsRequests, watchFileHandles)
  if (fileHandles === null) whenRead(fs, 'promises', watchFileHandles)
  attempt('following built-in modules', followBuiltinModules)
  onFirstOpen([datagramSocket], watchDatagrams)
  onFirstOpen([worker, messagePort], watchWorkers)
  // Its pipes come after it.
  onFirstOpen([childProcess], watchChildren)
  onFirstOpen([pathWatcher, statWatcher], watchWatchers)
  onClientRequest((announced) => {
    agents ??= require('./http-agent.js') as typeof import('./http-agent.ts')
    agents.requestStarted(announced)
  })
}

/** The sockets that agents hold now, each with its agent's engine; `null` for those of the global agents. */
export function pooledSockets(): Map<object, EngineRecord | null> {
  return agents?.pooledSockets() ?? new Map()
}

/** Gives the latest file handle to the call that asked for it. */
export function decideFileHandle(): void {
  fileHandles?.decideFileHandle()
}
