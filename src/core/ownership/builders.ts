/**
 * Whose what a constructor makes is: see `construction.ts`. Loaded with the first engine of the program's own.
 */

import { adopt } from '../engines/life.ts'
import { isCodeOf, isWithin } from '../engines/own-code.ts'
import type { EngineClass, EngineRecord, SourceRange } from '../records/engine-record.ts'
import type { CapturedStack } from '../stacks/captured-stack.ts'
import type { PlainFrame } from '../stacks/frames.ts'
import { isOnStack } from '../stacks/on-stack.ts'
import { beginYoungPeriod, YoungTarget } from '../time/young-period.ts'
import type { Claim, Construction } from './construction.ts'
import { state } from './state.ts'

const { executionAsyncId } = process.getBuiltinModule('node:async_hooks')

/** More than any program nests constructors of engines. */
const nestingLimit = 64

export function beginConstruction(
  cls: EngineClass,
  created: CapturedStack | null,
  instance: object,
  parent: EngineRecord | null,
  claim: Claim,
): void {
  const executionId = executionAsyncId()
  if (state.constructions.length === nestingLimit || state.constructions[0]?.executionId !== executionId)
    state.constructions = []
  state.constructions.push({
    cls,
    executionId,
    created,
    instance: new YoungTarget(instance),
    parent,
    claim,
  })
  beginYoungPeriod()
}

/** Whether the constructor of any of them runs; those whose does not are forgotten. */
export function isAnyOnStack(): boolean {
  for (let latest = state.constructions.at(-1); latest !== undefined; latest = state.constructions.at(-1)) {
    if (isOnStack(latest.cls.ctor)) return true
    state.constructions.pop()
  }
  return false
}

/** Whether it is the latest that was made, and its constructor may be running. */
export function mayBeConstructing(instance: object): boolean {
  return state.constructions.at(-1)?.instance.deref() === instance
}

/**
 * The engine whose constructor is on the stack, innermost; `null` where none is, and then none is asked again. `null`
 * too where `owner` was started by that constructor and is at work: then it becomes a child of the engine.
 */
export function builderOnStack(stack: CapturedStack, owner: EngineRecord | null): EngineRecord | null {
  const { frames } = stack
  while (state.constructions.length > 0) {
    const latest = state.constructions.at(-1) as Construction
    if (countConstructors(frames, latest.cls.source) >= depthOf(latest)) {
      const builder = builderAt(state.constructions.length - 1, frames)
      if (builder === null || owner === null || !isStartedBy(latest, owner, frames)) return builder
      if (owner !== builder && owner.parent === builder.parent) adopt(owner, builder, owner.parentStart)
      return null
    }
    state.constructions.pop()
  }
  return null
}

/** The engine of a construction; one that was made in the constructor of another, or in its fields, is its child. */
function builderAt(index: number, frames: readonly PlainFrame[]): EngineRecord | null {
  const construction = state.constructions[index] as Construction
  const builder = claimed(construction)
  if (builder === null || builder.starts > 1 || builder.parent !== construction.parent) return builder
  const outside = outsideOf(construction, frames)
  // In the same context: one that was started in between made it.
  for (let outer = index - 1; outer >= 0; outer -= 1) {
    const each = state.constructions[outer] as Construction
    if (each.parent !== construction.parent) break
    if (countConstructors(outside, each.cls.source) < depthOf(each)) continue
    const parent = builderAt(outer, outside)
    if (parent !== null && parent !== builder) adopt(builder, parent)
    break
  }
  return builder
}

/** The frames of whoever called its constructor. */
function outsideOf(construction: Construction, frames: readonly PlainFrame[]): readonly PlainFrame[] {
  const { source } = construction.cls
  let depth = depthOf(construction)
  const own = frames.findLastIndex((frame) => {
    if (frame.construct && isWithin(frame, source)) depth -= 1
    return depth === 0
  })
  return frames.slice(own + 1)
}

/** Whether the owner's code was called by the constructor, rather than the other way round. */
function isStartedBy(
  { cls: { source } }: Construction,
  owner: EngineRecord,
  frames: readonly PlainFrame[],
): boolean {
  if (owner.sources.includes(source)) return false
  const outer = frames.findIndex((frame) => frame.construct && isWithin(frame, source))
  return frames.slice(0, outer).some((frame) => isCodeOf(owner, frame))
}

function claimed({ instance, parent, claim }: Construction): EngineRecord | null {
  const target = instance.deref()
  return target === undefined ? null : claim(target, parent)
}

/** How many constructors of its class ran when it began, its own among them; one where no stack tells. */
function depthOf({ cls, created }: Construction): number {
  return created === null ? 1 : 1 + countConstructors(created.frames, cls.source)
}

function countConstructors(frames: readonly PlainFrame[], source: SourceRange): number {
  return frames.filter((frame) => frame.construct && isWithin(frame, source)).length
}
