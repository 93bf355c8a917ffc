/** `child_process.ChildProcess`: from `spawn`, `exec` or `fork` until it has exited; one engine with its pipes. */
import type { EngineRecord } from '../../core/engine-record.ts'
import { onOpen } from '../../core/handles.ts'
import { makers } from '../../core/places.ts'
import { wrapProperty } from '../wrap.ts'
import { bornFrom, noteStops, openness, startCoreEngine } from './core-engine.ts'

const handleOf = (self: object): unknown => (self as { _handle?: unknown })._handle

/** Signals by which nobody means to end a child. */
const harmless = new Set<unknown>([0, 'SIGUSR1', 'SIGUSR2', 'SIGSTOP', 'SIGCONT', 'SIGWINCH', 'SIGHUP'])

export function watchChildren(): void {
  /** Its pipes are made right after it, in the same call. */
  let latest: EngineRecord | null = null
  onOpen('PROCESSWRAP', ({ resource, stack, owner }) => {
    const { ChildProcess } = require('node:child_process') as typeof import('node:child_process')
    noteStops(
      ChildProcess.prototype,
      'kill',
      (self) => bornFrom(handleOf(self)),
      ([signal]) => !harmless.has(signal),
    )
    noteDetached(ChildProcess.prototype)
    const isOpen = openness('PROCESSWRAP', resource)
    const start = verbOf(makers(stack).map((frame) => frame.function))
    latest = startCoreEngine({
      name: 'child_process.ChildProcess',
      start,
      stop: 'kill',
      stack,
      owner,
      isOpen,
    })
    return latest
  })
  onOpen('PIPEWRAP', ({ stack }) => {
    const isStdio = makers(stack).some(({ file }) => file === 'node:internal/child_process')
    return isStdio && latest !== null ? { partOf: latest } : null
  })
}

/** A child keeps no trace of `detached`; its constructor runs before `spawn` is called on it. */
function noteDetached(prototype: object): void {
  wrapProperty(prototype, 'spawn', (original, self, args) => {
    const options = args[0] as { detached?: unknown } | undefined
    const record = bornFrom(handleOf(self as object))
    if (record !== undefined && options?.detached) record.detached = true
    return Reflect.apply(original, self, args)
  })
}

function verbOf(names: (string | null)[]): string {
  return ['fork', 'execFile', 'exec', 'spawn'].find((verb) => names.includes(verb)) ?? 'spawn'
}
