/**
 * Every async type that is a handle; those of sockets and servers are in `socket-types.ts`. All that leakwatch knows of a type
 * stands with it: a new type is written here, or there, and nowhere else. Types that are not here are transient (they settle without the
 * program's help), live by garbage collection (`ZLIB`, `DNSCHANNEL`, `ELDHISTOGRAM`), or cannot tell whether they are closed
 * (`DIRHANDLE`); signal watchers never keep a process alive and end with it.
 */
import { now } from '../time/clock.ts'
import { factsOf, type HandleType, handleType, isReferenced, refFlag, wasToldToClose } from './handle-type.ts'
import { ownerOf } from './hidden-symbols.ts'
import { socketTypes } from './socket-types.ts'
import { state } from './state.ts'

interface Timer {
  _destroyed: boolean
  /** `null`: it fires once. */
  _repeat: number | null
  _idleTimeout: number
  /** When it was last set, by the event loop's time; `null` before it first was. */
  _idleStart: number | null
  _idleNext: unknown
  _onTimeout: unknown
}

/** Timers that Node's http server and the global fetch make through the same door as the program. */
const timersOfNode = new Set(['bound checkConnections', 'onTick', 'onParserTimeout'])
/** The longest that a timer can wait. An interval of it keeps a server alive whose socket the cluster's primary has. */
const longestMs = 2 ** 31 - 1

const isInterval = (resource: object): boolean => (resource as Timer)._repeat !== null

export const timeout: HandleType = handleType({
  type: 'Timeout',
  name: (resource) => (isInterval(resource) ? 'setInterval' : 'setTimeout'),
  stopCall: (resource) => (isInterval(resource) ? 'clearInterval(interval)' : 'clearTimeout(timeout)'),
  detail: (resource) => ({ delayMs: (resource as Timer)._repeat ?? (resource as Timer)._idleTimeout }),
  owner: (resource) => resource,
  isAlive: (resource) => {
    const timer = resource as Timer
    // A one-shot timer that runs its callback now is in no list any more, though not destroyed yet.
    return !timer._destroyed && (timer._repeat !== null || timer._idleNext !== null)
  },
  dueMs: (resource) => {
    const { _repeat, _idleStart, _idleTimeout } = resource as Timer
    return _repeat === null ? Math.max(0, (_idleStart ?? 0) + _idleTimeout - loopNow()) : null
  },
  isLink: (resource) => !isInterval(resource),
  callback: (resource) => (isInterval(resource) ? null : (resource as Timer)._onTimeout),
  origin: (resource) => {
    const callback = (resource as Timer)._onTimeout
    const name = typeof callback === 'function' ? callback.name : ''
    // Only Node's own code makes a timer that is unref'd from the start, but `timers/promises`: a nameless callback.
    if (refFlag(resource) === false && name !== '') return 'internal'
    return timersOfNode.has(name) || (resource as Timer)._repeat === longestMs ? 'unsure' : 'program'
  },
  // One that is refreshed after it fired is announced again.
  mayComeAgain: (resource) => (resource as Timer)._idleStart !== null,
  frequency: (resource) => (isInterval(resource) ? 'some' : 'many'),
})

/** The time that timers are set by: it counts from when Node began, after the process did. */
function loopNow(): number {
  const { loopStart, nodeStart } = process.getBuiltinModule('node:perf_hooks').performance.nodeTiming
  return now() - (loopStart > 0 ? nodeStart : 0)
}

interface Child {
  pid?: number
  exitCode: number | null
  signalCode: string | null
  spawnfile?: string
}

export const childProcess: HandleType = handleType({
  type: 'PROCESSWRAP',
  name: () => 'child_process.ChildProcess',
  stopCall: () => 'child.kill()',
  detail: (resource) => {
    const { pid = 0, spawnfile } = (ownerOf(resource) as Child | null) ?? {}
    return { pid, ...(spawnfile === undefined ? {} : { command: spawnfile }) }
  },
  isAlive: (resource) => {
    const child = ownerOf(resource) as Child | null
    if (refFlag(resource) === undefined || child === null) return false
    return child.pid !== undefined && child.exitCode === null && child.signalCode === null
  },
})

export const worker: HandleType = handleType({
  type: 'WORKER',
  name: () => 'worker_threads.Worker',
  stopCall: () => 'await worker.terminate()',
  detail: (resource) => ({
    threadId: (resource as { threadId?: number }).threadId ?? 0,
    ...factsOf(resource),
  }),
  owner: () => null,
  isAlive: (resource) => refFlag(resource) !== undefined,
})

/** The class of Node's whose constructor makes a port that users know by its name. */
export const channelClass = 'BroadcastChannel'

const isChannel = (resource: object): boolean => state.channels.has(resource)

/** Notes that a port is a channel's; it keeps no trace of that itself. */
export function noteChannel(port: object): void {
  state.channels.add(port)
}

/** A closed port and an unref'd one look alike: only one that keeps the process alive is known to be open. */
export const messagePort: HandleType = handleType({
  type: 'MESSAGEPORT',
  name: (resource) => (isChannel(resource) ? channelClass : 'MessagePort'),
  stopCall: (resource) => (isChannel(resource) ? 'channel.close()' : 'port.close()'),
  owner: (resource) => resource,
  isAlive: isReferenced,
  mayOpen: (resource) => refFlag(resource) !== undefined,
  isClosing: wasToldToClose,
})

/** The owner of a watcher lets go of it when it is closed. */
function isWatching(resource: object): boolean {
  const owner = ownerOf(resource) as { _handle?: unknown } | null
  return refFlag(resource) !== undefined && owner !== null && owner._handle === resource
}

export const pathWatcher: HandleType = handleType({
  type: 'FSEVENTWRAP',
  name: () => 'fs.FSWatcher',
  stopCall: () => 'watcher.close()',
  isAlive: isWatching,
})

export const statWatcher: HandleType = handleType({
  type: 'STATWATCHER',
  name: () => 'fs.StatWatcher',
  stopCall: () => 'fs.unwatchFile(path)',
  isAlive: isWatching,
})

export const fileHandle: HandleType = handleType({
  type: 'FILEHANDLE',
  name: () => 'FileHandle',
  stopCall: () => 'await fileHandle.close()',
  detail: (resource) => ({ fd: (resource as { fd?: number }).fd ?? -1, ...factsOf(resource) }),
  owner: () => null,
  isAlive: (resource) => ((resource as { fd?: number }).fd ?? -1) >= 0,
  isClosing: wasToldToClose,
  isReferenced: () => false,
  canBeUnreferenced: false,
  isLate: true,
  isFile: true,
})

export const handleTypes: ReadonlyMap<string, HandleType> = new Map(
  [...socketTypes, timeout, childProcess, worker, messagePort, pathWatcher, statWatcher, fileHandle].map(
    (each) => [each.type, each],
  ),
)
