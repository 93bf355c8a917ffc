/** `child_process.ChildProcess`: from `spawn`, `exec` or `fork` until it has exited; one engine with its pipes. */

import { state as engines } from '../../core/engines/state.ts'
import { onOpen } from '../../core/handles/follow-handles.ts'
import { childProcess } from '../../core/handles/handle-types.ts'
import { pipe } from '../../core/handles/socket-types.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { attempt } from '../../core/self/faults.ts'
import { makers } from '../../core/stacks/sites.ts'
import { wrapProperty } from '../lifecycle/wrap.ts'
import { bornFrom, noteStop, noteStops, openness, startCoreEngine } from './core-engine.ts'

const { constants } = process.getBuiltinModule('node:os')

const handleOf = (self: object): unknown => (self as { _handle?: unknown })._handle

/** Signals by which nobody means to end a child. */
const harmless = new Set<unknown>([0, 'SIGUSR1', 'SIGUSR2', 'SIGSTOP', 'SIGCONT', 'SIGWINCH', 'SIGHUP'])
const harmlessNumbers = new Set<unknown>([0])
for (const [name, number] of Object.entries(constants.signals))
  if (harmless.has(name)) harmlessNumbers.add(number)

/** By their pid. */
const children = new Map<number, EngineRecord>()
const childrenLimit = 64

export function watchChildren(): void {
  engines.whenSent = noteSent
  /** Its pipes are made right after it, in the same call. */
  let latest: EngineRecord | null = null
  onOpen(childProcess, ({ resource, stack, owner }) => {
    const { ChildProcess } = require('node:child_process') as typeof import('node:child_process')
    noteStops(
      ChildProcess.prototype,
      'kill',
      (self) => bornFrom(handleOf(self)),
      ([signal]) => !harmless.has(signal),
    )
    noteSpawns(ChildProcess.prototype)
    const isOpen = openness(childProcess, resource)
    const start = verbOf(makers(stack).map((frame) => frame.function))
    latest = startCoreEngine({
      name: childProcess.name(resource),
      start,
      stop: 'kill',
      stack,
      owner,
      isOpen,
    })
    return latest
  })
  onOpen(pipe, ({ stack }) => {
    const isStdio = makers(stack).some(({ file }) => file === 'node:internal/child_process')
    return isStdio && latest !== null ? { partOf: latest } : null
  })
}

/** A child keeps no trace of `detached`, and has its pid from here on; its constructor runs before `spawn` is called on it. */
function noteSpawns(prototype: object): void {
  wrapProperty(prototype, 'spawn', (original, self, args) => {
    const options = args[0] as { detached?: unknown } | undefined
    const record = bornFrom(handleOf(self as object))
    if (record !== undefined && options?.detached) record.detached = true
    const result: unknown = Reflect.apply(original, self, args)
    const { pid } = self as { pid?: unknown }
    if (record !== undefined && typeof pid === 'number') remember(pid, record)
    return result
  })
}

function remember(pid: number, record: EngineRecord): void {
  if (children.size >= childrenLimit) {
    for (const [each, { state }] of children) if (state === 'stopped') children.delete(each)
  }
  children.set(pid, record)
}

/** `process.kill(child.pid)`, as those do who end a whole tree; a negative number is the group that the child leads. */
function noteSent(pid: number, signal: number): void {
  const record = harmlessNumbers.has(signal) ? undefined : children.get(Math.abs(pid))
  attempt('a signal to a child', () => noteStop(record, 'kill'))
}

function verbOf(names: (string | null)[]): string {
  return ['fork', 'execFile', 'exec', 'spawn'].find((verb) => names.includes(verb)) ?? 'spawn'
}
