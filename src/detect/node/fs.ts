/** `fs.watch` and `fs.watchFile`. A recursive watch is one engine, of many handles on Linux. */

import { onOpen } from '../../core/handles/follow-handles.ts'
import { noteFacts } from '../../core/handles/handle-type.ts'
import { pathWatcher, statWatcher } from '../../core/handles/handle-types.ts'
import { ownerOf } from '../../core/handles/hidden-symbols.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { makers } from '../../core/stacks/sites.ts'
import { wrapProperty } from '../lifecycle/wrap.ts'
import { bornFrom, noteStops, openness, startCoreEngine } from './core-engine.ts'
import { isMadeByRecursiveWatch, RecursiveWatches } from './recursive-watches.ts'

const recordOf = (self: object) => bornFrom((self as { _handle?: unknown })._handle)

export function watchWatchers(): void {
  const recursive = new RecursiveWatches()
  onOpen(pathWatcher, ({ resource, stack, owner }) => {
    meetOnStart(resource, 'close')
    const start = () => watcherStarted(resource, stack, owner)
    const frames = makers(stack)
    return isMadeByRecursiveWatch(frames) ? recursive.take(resource, frames, start) : start()
  })
  onOpen(statWatcher, ({ resource, stack, owner }) => {
    meetOnStart(resource, 'stop')
    const isOpen = openness(statWatcher, resource)
    return startCoreEngine({
      name: statWatcher.name(resource),
      start: 'watchFile',
      stop: 'unwatchFile',
      stack,
      owner,
      isOpen,
    })
  })
}

function watcherStarted(
  resource: object,
  stack: CapturedStack | null,
  owner: EngineRecord | null,
): EngineRecord {
  return startCoreEngine({
    name: pathWatcher.name(resource),
    start: 'watch',
    stop: 'close',
    stack,
    owner,
    isOpen: openness(pathWatcher, resource),
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
