/**
 * Node's own engines. What leakwatch knows of each is loaded when the program first opens one, or first asks for the module
 * of Node's that has to be changed before.
 */
import type { EngineRecord } from '../../core/engine-record.ts'
import { attempt } from '../../core/faults.ts'
import { onFirstOpen } from '../../core/handles.ts'
import { followBuiltinModules, whenAsked, whenRead } from './asked.ts'

const fs = process.getBuiltinModule('node:fs')
const { subscribe } = process.getBuiltinModule('node:diagnostics_channel')

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

/** `isTold`: the loader tells what the program asks for. */
export function watchNodeEngines(isTold: boolean): void {
  whenAsked(/^node:(?:net|tls|_tls|http|https|http2|_http|cluster)/, 'net', isTold, watchServers)
  whenAsked(/^node:readline/, 'readline', isTold, watchReadline)
  whenAsked(/^node:fs\/promises/, 'internal/fs/promises', isTold, watchFileHandles)
  if (fileHandles === null) whenRead(fs, 'promises', watchFileHandles)
  attempt('following built-in modules', followBuiltinModules)
  onFirstOpen(['UDPWRAP'], watchDatagrams)
  onFirstOpen(['WORKER', 'MESSAGEPORT'], watchWorkers)
  // Its pipes come after it.
  onFirstOpen(['PROCESSWRAP'], watchChildren)
  onFirstOpen(['FSEVENTWRAP', 'STATWATCHER'], watchWatchers)
  subscribe('http.client.request.start', (message) => {
    agents ??= require('./http-agent.js') as typeof import('./http-agent.ts')
    agents.requestStarted(message)
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
