/** `fs.watch` and `fs.watchFile`. A recursive watch is one engine, of many handles on Linux. */
import fs from 'node:fs'
import type { EngineRecord } from '../../core/engines.ts'
import { onOpen } from '../../core/handles.ts'
import { makers } from '../../core/places.ts'
import type { CapturedStack } from '../../core/stack.ts'
import { bornFrom, noteStops, openness, startCoreEngine } from './core-engine.ts'

const recordOf = (self: object) => bornFrom((self as { _handle?: unknown })._handle)
const { FSWatcher, StatWatcher } = fs as unknown as Record<'FSWatcher' | 'StatWatcher', { prototype: object }>

export function watchWatchers(): void {
  let latestRecursive: EngineRecord | null = null
  onOpen('FSEVENTWRAP', ({ resource, stack, owner }) => {
    noteStops(FSWatcher.prototype, 'close', recordOf)
    const depth = recursiveDepth(stack)
    if (depth > 2 && latestRecursive !== null) return { partOf: latestRecursive }
    const isOpen = openness('FSEVENTWRAP', resource)
    const record = startCoreEngine({ name: 'fs.FSWatcher', start: 'watch', stop: 'close', stack, owner, isOpen })
    if (depth > 0) latestRecursive = record
    return record
  })
  onOpen('STATWATCHER', ({ resource, stack, owner }) => {
    noteStops(StatWatcher.prototype, 'stop', recordOf)
    const isOpen = openness('STATWATCHER', resource)
    return startCoreEngine({ name: 'fs.StatWatcher', start: 'watchFile', stop: 'unwatchFile', stack, owner, isOpen })
  })
}

/**
 * Node watches each folder and file below a recursively watched one. The root is watched by the call itself (two
 * frames), what is below it by a walk, or later from an event.
 */
function recursiveDepth(stack: CapturedStack | null): number {
  return makers(stack).filter(({ file }) => file === 'node:internal/fs/recursive_watch').length
}
