/** An engine that starts itself again after others have stopped it: a timer or a listener of its own was forgotten by its stop. */
import { isCodeOf } from '../../core/engines/own-code.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { isInternal, type PlainFrame } from '../../core/stacks/frames.ts'

const timers = /^node:(?:internal\/)?timers$/

/** What has called its start, with no code but its own on the way. `null`: it is no such engine, or no stack tells. */
export function startedAgainBy(engine: EngineRecord): 'timer' | 'listener' | null {
  const { started, stoppedBefore, firstStart } = engine
  if (firstStart < 2 || started === null || stoppedBefore === null) return null
  // One that stops itself starts itself, too.
  if (!isCalledByOthers(engine, stoppedBefore.frames) || isCalledByOthers(engine, started.frames)) return null
  const outermost = started.frames.at(-1)
  if (outermost === undefined || !outermost.file?.startsWith('node:')) return null
  if (started.frames.some(({ file }) => file !== null && timers.test(file))) return 'timer'
  return /^node:internal\/process\//.test(outermost.file) ? null : 'listener'
}

function isCalledByOthers(engine: EngineRecord, frames: readonly PlainFrame[]): boolean {
  return frames.some((frame) => !isInternal(frame) && !isCodeOf(engine, frame))
}
