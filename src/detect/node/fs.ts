/** `fs.watch` and `fs.watchFile`. A recursive watch is one engine, of many handles on Linux. */
import type { EngineRecord } from '../../core/engine-record.ts'
import { noteFacts, ownerOf } from '../../core/handle-type.ts'
import { onOpen } from '../../core/handles.ts'
import { makers } from '../../core/places.ts'
import type { CapturedStack } from '../../core/stack.ts'
import { wrapProperty } from '../wrap.ts'
import { bornFrom, noteStops, openness, startCoreEngine } from './core-engine.ts'

const recordOf = (self: object) => bornFrom((self as { _handle?: unknown })._handle)

export function watchWatchers(): void {
  let latestRecursive: EngineRecord | null = null
  onOpen('FSEVENTWRAP', ({ resource, stack, owner }) => {
    meetOnStart(resource, 'close')
    const depth = recursiveDepth(stack)
    if (depth > 2 && latestRecursive !== null) return { partOf: latestRecursive }
    const isOpen = openness('FSEVENTWRAP', resource)
    const record = startCoreEngine({
      name: 'fs.FSWatcher',
      start: 'watch',
      stop: 'close',
      stack,
      owner,
      isOpen,
    })
    if (depth > 0) latestRecursive = record
    return record
  })
  onOpen('STATWATCHER', ({ resource, stack, owner }) => {
    meetOnStart(resource, 'stop')
    const isOpen = openness('STATWATCHER', resource)
    return startCoreEngine({
      name: 'fs.StatWatcher',
      start: 'watchFile',
      stop: 'unwatchFile',
      stack,
      owner,
      isOpen,
    })
  })
}

/**
 * A watcher's class is not exported, and the watcher keeps no path: both are seen when it starts its handle, which is
 * Node's own and not the program's.
 */
function meetOnStart(resource: object, stop: string): void {
  wrapProperty(Object.getPrototypeOf(resource), 'start', (original, self, args) => {
    const [path] = args
    const owner = ownerOf(self as object)
    if (typeof path === 'string') noteFacts(self as object, { path })
    if (owner !== null) noteStops(holderOf(owner, stop), stop, recordOf)
    return Reflect.apply(original, self, args)
  })
}

/** The prototype that has a method itself. */
function holderOf(object: object, method: string): object {
  let holder = object
  while (!Object.hasOwn(holder, method)) holder = Object.getPrototypeOf(holder)
  return holder
}

/**
 * Node watches each folder and file below a recursively watched one. The root is watched by the call itself (two
 * frames), what is below it by a walk, or later from an event.
 */
function recursiveDepth(stack: CapturedStack | null): number {
  return makers(stack).filter(({ file }) => file === 'node:internal/fs/recursive_watch').length
}
