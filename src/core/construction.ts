/**
 * Handles that a constructor opens. The loader tells when an instance of the program's own classes begins (its
 * first field, or right after `super()`), nothing tells when its constructor ends; so while one may be running, the
 * stack of the next handle is asked: is the constructor's frame still on it?
 */
import { executionAsyncId } from 'node:async_hooks'
import type { EngineRecord, SourceRange } from './engines.ts'
import { isWithin } from './own-code.ts'
import type { CapturedStack, PlainFrame } from './stack.ts'

interface Construction {
  source: SourceRange
  executionId: number
  /** Where the instance was made, its own constructors left out. */
  created: CapturedStack | null
  /** Makes the engine's record when it turns out to be needed; `null` where the instance is gone. */
  claim: () => EngineRecord | null
}

/** More than any program nests constructors of engines. */
const nestingLimit = 64

let constructions: Construction[] = []

export function beginConstruction(
  source: SourceRange,
  created: CapturedStack | null,
  claim: () => EngineRecord | null,
): void {
  const executionId = executionAsyncId()
  if (constructions.length === nestingLimit || constructions[0]?.executionId !== executionId)
    constructions = []
  constructions.push({ source, executionId, created, claim })
}

/** Whether a constructor of an engine may be running. */
export function isConstructing(): boolean {
  if (constructions.length === 0) return false
  if (constructions[0]?.executionId === executionAsyncId()) return true
  constructions = []
  return false
}

/** The engine whose constructor is on the stack, innermost; `null` where none is, and then none is asked again. */
export function claimByConstructor(stack: CapturedStack): EngineRecord | null {
  const { frames } = stack
  while (constructions.length > 0) {
    const latest = constructions.at(-1) as Construction
    if (countConstructors(frames, latest.source) >= depthOf(latest)) return latest.claim()
    constructions.pop()
  }
  return null
}

/** How many constructors of its class ran when it began, its own among them; one where no stack tells. */
function depthOf({ source, created }: Construction): number {
  return created === null ? 1 : 1 + countConstructors(created.frames, source)
}

function countConstructors(frames: readonly PlainFrame[], source: SourceRange): number {
  return frames.filter((frame) => frame.construct && isWithin(frame, source)).length
}
