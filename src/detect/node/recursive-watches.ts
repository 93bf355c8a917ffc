/**
 * Whose the handles of recursive watches are. On Linux Node watches each folder below a recursively watched one by a handle of its
 * own: those that are there when the watch is asked for in the same call, and later ones from an event of the folder that they
 * are in. (Node 20 and 22 watch each file too.)
 */

import type { EngineRecord } from '../../core/records/engine-record.ts'
import type { PlainFrame } from '../../core/stacks/frames.ts'
import { bornFrom } from './core-engine.ts'

const { executionAsyncResource } = process.getBuiltinModule('node:async_hooks')

const isOfWatch = ({ file }: PlainFrame): boolean => file === 'node:internal/fs/recursive_watch'

/** Whether a recursive watch made a handle, by Node's frames on its stack. */
export function isMadeByRecursiveWatch(frames: readonly PlainFrame[]): boolean {
  return frames.some(isOfWatch)
}

export class RecursiveWatches {
  /** Each handle's watch. */
  readonly #watches = new WeakMap<object, EngineRecord>()
  /** The watch that was asked for last. */
  #latest: EngineRecord | null = null
  /** How many frames of a watch's own code make the handle of its root: fewer than that of anything below it. */
  #rootDepth = Number.POSITIVE_INFINITY

  /** Tells whose a handle is. That of a root is a watch of its own: `start` gives its engine. */
  take(
    resource: object,
    frames: readonly PlainFrame[],
    start: () => EngineRecord,
  ): EngineRecord | { partOf: EngineRecord } | 'internal' {
    const own = frames.filter(isOfWatch)
    const cause = executionAsyncResource()
    if (this.#isRoot(own, cause, resource)) {
      const watch = start()
      this.#latest = watch
      this.#watches.set(resource, watch)
      return watch
    }
    const watch = this.#watchOf(own, cause, resource)
    if (watch === null) return 'internal'
    this.#watches.set(resource, watch)
    return { partOf: watch }
  }

  /** The first handle that is seen at all is a root, unless it comes from a watch that was there before leakwatch. */
  #isRoot(own: readonly PlainFrame[], cause: object, resource: object): boolean {
    if (own.length > this.#rootDepth) return false
    if (this.#rootDepth === Number.POSITIVE_INFINITY && isUnknown(cause, resource)) return false
    this.#rootDepth = own.length
    return true
  }

  #watchOf(own: readonly PlainFrame[], cause: object, resource: object): EngineRecord | null {
    // A walk within the call, which may itself be made by a listener of another watch.
    if (own.some(isStart)) return this.#latest
    const watch = this.#watches.get(cause)
    if (watch !== undefined) return watch
    // In a walk that is too deep for its stack to show the call; else from an event of a watch that is not known.
    return isUnknown(cause, resource) ? null : this.#latest
  }
}

function isStart(frame: PlainFrame): boolean {
  return frame.function?.includes('[kFSWatchStart]') === true
}

/** Whether `cause` is another watcher's handle, of which nothing is known. */
function isUnknown(cause: object, resource: object): boolean {
  return Object.getPrototypeOf(cause) === Object.getPrototypeOf(resource) && bornFrom(cause) === undefined
}
