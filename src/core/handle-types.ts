/**
 * Every async type that is a handle. Types that are not here are transient (they settle without the program's help),
 * live by garbage collection (`ZLIB`, `DNSCHANNEL`, `ELDHISTOGRAM`), or cannot tell whether they are closed
 * (`DIRHANDLE`); signal watchers never keep a process alive and end with it.
 */
import {
  factsOf,
  givenName,
  type HandleType,
  isReferenced,
  ownerOf,
  refFlag,
  wasToldToClose,
} from './handle-type.ts'
import { streamHandles } from './stream-handles.ts'
import { underSymbol } from './symbols.ts'

export type { HandleType } from './handle-type.ts'

interface Timer {
  _destroyed: boolean
  _repeat: number | null
  _idleTimeout: number
  _idleNext: unknown
  _onTimeout: unknown
}

/** Timers that Node's http server and the global fetch make through the same door as the program. */
const timersOfNode = new Set(['bound checkConnections', 'onTick', 'onParserTimeout'])
/** The longest that a timer can wait. An interval of it keeps a server alive whose socket the cluster's primary has. */
const longestMs = 2 ** 31 - 1

const timeout: HandleType = {
  type: 'Timeout',
  isAlive: (resource) => {
    const timer = resource as Timer
    // A one-shot timer that runs its callback now is in no list any more, though not destroyed yet.
    return !timer._destroyed && (timer._repeat !== null || timer._idleNext !== null)
  },
  mayOpen: () => false,
  isReferenced,
  name: (resource) => ((resource as Timer)._repeat === null ? 'setTimeout' : 'setInterval'),
  detail: (resource) => ({ delayMs: (resource as Timer)._repeat ?? (resource as Timer)._idleTimeout }),
  isInternal: () => false,
  owner: (resource) => resource,
  origin: (resource) => {
    const callback = (resource as Timer)._onTimeout
    const name = typeof callback === 'function' ? callback.name : ''
    // Only Node's own code makes a timer that is unref'd from the start, but `timers/promises`: a nameless callback.
    if (refFlag(resource) === false && name !== '') return 'internal'
    return timersOfNode.has(name) || (resource as Timer)._repeat === longestMs ? 'unsure' : 'program'
  },
}

const pidOf = (resource: object): number | undefined => (ownerOf(resource) as { pid?: number } | null)?.pid

interface Child {
  exitCode: number | null
  signalCode: string | null
  spawnfile?: string
}

const childProcess: HandleType = {
  type: 'PROCESSWRAP',
  isAlive: (resource) => {
    const child = ownerOf(resource) as Child | null
    if (refFlag(resource) === undefined || child === null) return false
    return pidOf(resource) !== undefined && child.exitCode === null && child.signalCode === null
  },
  mayOpen: () => false,
  isReferenced,
  name: () => 'child_process.ChildProcess',
  detail: (resource) => {
    const command = (ownerOf(resource) as Child | null)?.spawnfile
    return { pid: pidOf(resource) ?? 0, ...(command === undefined ? {} : { command }) }
  },
  isInternal: () => false,
  owner: ownerOf,
}

const worker: HandleType = {
  type: 'WORKER',
  isAlive: (resource) => refFlag(resource) !== undefined,
  mayOpen: () => false,
  isReferenced,
  name: () => 'worker_threads.Worker',
  detail: (resource) => ({
    threadId: (resource as { threadId?: number }).threadId ?? 0,
    ...factsOf(resource),
  }),
  isInternal: () => false,
  owner: () => null,
}

/** Its owner lets go of it when it is closed. */
function watcher(type: string, name: string): HandleType {
  return {
    type,
    isAlive: (resource) => {
      const owner = ownerOf(resource) as { _handle?: unknown } | null
      return refFlag(resource) !== undefined && owner !== null && owner._handle === resource
    },
    mayOpen: () => false,
    isReferenced,
    name: () => name,
    detail: factsOf,
    isInternal: () => false,
    owner: ownerOf,
  }
}

/** A closed port and an unref'd one look alike: only one that keeps the process alive is known to be open. */
const messagePort: HandleType = {
  type: 'MESSAGEPORT',
  isAlive: isReferenced,
  isClosing: wasToldToClose,
  mayOpen: (resource) => refFlag(resource) !== undefined,
  isReferenced,
  name: (resource) => givenName(resource) ?? 'MessagePort',
  detail: factsOf,
  isInternal: () => false,
  owner: (resource) => resource,
}

const fileHandle: HandleType = {
  type: 'FILEHANDLE',
  isLate: true,
  isAlive: (resource) => ((resource as { fd?: number }).fd ?? -1) >= 0,
  isClosing: wasToldToClose,
  mayOpen: () => false,
  isReferenced: () => false,
  name: () => 'FileHandle',
  detail: (resource) => ({ fd: (resource as { fd?: number }).fd ?? -1, ...factsOf(resource) }),
  isInternal: () => false,
  owner: () => null,
}

interface Http2Session {
  destroyed: boolean
  closed: boolean
  type: number
}

const serverSession = 0

/** The session of a client; those of a server are its connections, which are handles already. */
const http2Session: HandleType = {
  type: 'HTTP2SESSION',
  isAlive: (resource) => {
    const session = ownerOf(resource) as Http2Session | null
    return session !== null && !session.destroyed && session.type !== serverSession
  },
  isClosing: (resource) => (ownerOf(resource) as Http2Session | null)?.closed === true,
  mayOpen: () => false,
  isReferenced: () => false,
  name: () => 'http2.ClientHttp2Session',
  detail: () => ({}),
  isInternal: () => false,
  owner: ownerOf,
  runsOn: (resource) => {
    const session = ownerOf(resource)
    const socket = session === null ? undefined : underSymbol(session, 'socket')
    return typeof socket === 'object' ? socket : null
  },
}

export const handleTypes: ReadonlyMap<string, HandleType> = new Map(
  [
    timeout,
    ...streamHandles,
    childProcess,
    worker,
    watcher('FSEVENTWRAP', 'fs.FSWatcher'),
    watcher('STATWATCHER', 'fs.StatWatcher'),
    messagePort,
    fileHandle,
    http2Session,
  ].map((each) => [each.type, each]),
)
