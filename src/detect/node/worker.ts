/** `worker_threads.Worker`: from `new` to `terminate`, or until its code has ended. */

import { isExiting } from '../../core/engines/shutdown.ts'
import { onOpen } from '../../core/handles/follow-handles.ts'
import { channelClass, messagePort, noteChannel, worker } from '../../core/handles/handle-types.ts'
import { underSymbol } from '../../core/handles/hidden-symbols.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { isDependency, isInternal, type PlainFrame } from '../../core/stacks/frames.ts'
import { makers } from '../../core/stacks/sites.ts'
import { bornFrom, noteCloses, noteStops, openness, startCoreEngine } from './core-engine.ts'

export function watchWorkers(): void {
  /** Whose ports are being made. */
  let latest: EngineRecord | null = null
  onOpen(worker, ({ resource, stack, owner }) => {
    if (isLoaderThread(stack)) return 'internal'
    const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads')
    const recordOf = (self: object) => bornFrom(underSymbol(self, 'kHandle'))
    noteStops(Worker.prototype, 'terminate', recordOf)
    // An exit listener that refs a worker has asked it to end and waits for that: pino does so with its transports'.
    noteStops(Worker.prototype, 'ref', recordOf, isExiting)
    const isOpen = openness(worker, resource)
    latest = startCoreEngine({
      name: worker.name(resource),
      start: 'new',
      stop: 'terminate',
      stack,
      owner,
      isOpen,
    })
    return latest
  })
  onOpen(messagePort, ({ resource, stack }) => {
    if (isLoaderThread(stack)) return 'internal'
    // A listener for its messages holds the process, also where the worker itself is unref'd.
    if (isPartOfWorker(stack)) return latest === null ? 'internal' : { partOf: latest }
    noteCloses(resource)
    const isChannel = makers(stack).some((frame) => frame.construct && frame.function === channelClass)
    if (isChannel) noteChannel(resource)
    return null
  })
}

const cjsLoader = 'node:internal/modules/cjs/loader'

/** `module.register` runs its hooks in a hidden worker of Node's own; a compiler such as tsx's has one for the whole run. */
function isLoaderThread(stack: CapturedStack | null): boolean {
  return (
    makers(stack).some(({ file }) => file?.startsWith('node:internal/modules/') === true) ||
    isMadeToLoad(stack)
  )
}

/** Whether Node's loader called the package that made it, as a hook or for a file's extension: the program did not. */
function isMadeToLoad(stack: CapturedStack | null): boolean {
  const frames = stack?.frames ?? []
  const first = frames.findIndex((frame) => !isInternal(frame))
  if (first < 0 || !isDependency(frames[first] as PlainFrame)) return false
  const from = frames.findIndex((frame, index) => index > first && !isDependency(frame))
  const caller = frames[from]
  if (caller?.file !== cjsLoader) return caller?.file === 'node:internal/modules/customization_hooks'
  // `Module.load` calls the handler of an extension. It has no name since Node 22, and is two below `wrapModuleLoad`; a
  // package that is itself loaded was called by `Module._compile`.
  return caller.function === 'Module.load' || frames[from + 2]?.function === 'wrapModuleLoad'
}

/** One Worker is one handle, not six: its own constructor makes the ports. */
function isPartOfWorker(stack: CapturedStack | null): boolean {
  return makers(stack).some(({ file }) => file === 'node:internal/worker')
}
