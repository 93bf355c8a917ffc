/**
 * What a dependency opened for itself, and what does not keep the process alive: a worker that it made when it was loaded, the service of a
 * compiler. The program has nothing to end it by. Pure.
 */
import type { CapturedStack } from '../core/stacks/captured-stack.ts'
import { isDependency, isInternal, isProgram, type PlainFrame } from '../core/stacks/frames.ts'
import type { Fault } from './judge.ts'
import { madeBy } from './made-by.ts'

/** What a stack is cut to at the least. */
const shallowest = 20
/** Of an object; `Module` is what an ES module exports. */
const method = /^(?!Module\.)[^.]+\.\w+$/
const loader = /^node:internal\/modules\//

/** The same faults; those are warnings. `isTool`: the main script is a dependency's, as in a process that a watcher or a bundler is. */
export function excusingDependencies(faults: Fault[], isTool: boolean): Fault[] {
  return faults.map((fault) => (isExcused(fault, isTool) ? { ...fault, severity: 'warning' } : fault))
}

function isExcused({ severity, engine, handles, children }: Fault, isTool: boolean): boolean {
  if (severity !== 'leak' || children.length > 0) return false
  if (engine !== null && (engine.origin !== 'core' || engine.parent !== null)) return false
  const stack = stackOf({ engine, handles })
  if (stack === null) return false
  if (isTool && !isClient(handles)) return !stack.frames.some(isProgram)
  return handles.every(({ ref }) => !ref) && isForItself(stack)
}

/** A leak of no engine, or of Node's own, that a dependency has opened. */
export function isOpenedByDependency({ severity, engine, handles }: Fault): boolean {
  if (severity !== 'leak' || (engine !== null && (engine.origin !== 'core' || engine.parent !== null)))
    return false
  return madeBy(stackOf({ engine, handles })) === 'dependency'
}

function stackOf({ engine, handles }: Pick<Fault, 'engine' | 'handles'>): CapturedStack | null {
  return engine === null ? (handles[0]?.live.record.stack ?? null) : (engine.started ?? engine.created)
}

/** A client connects long after the program called it, and tries again by itself. */
function isClient(handles: Fault['handles']): boolean {
  return handles.some(({ live: { record } }) => record.kind.mayBeAccepted || record.links > 1)
}

/** No code of the program's is on the way; or it called a function, which gave it no object that has a stop. */
function isForItself(stack: CapturedStack): boolean {
  if (madeBy(stack) !== 'dependency') return false
  const { frames } = stack
  const outer = frames.findIndex(isProgram)
  if (outer < 0) return frames.length < shallowest || isInternal(frames.at(-1) as PlainFrame)
  const between = frames.slice(0, outer)
  if (between.some(({ file }) => file !== null && loader.test(file))) return true
  const entry = between.findLast(isDependency)
  return entry !== undefined && !entry.construct && !method.test(entry.function ?? '')
}
