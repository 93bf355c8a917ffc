/**
 * Handles that a constructor opens. The loader tells when an instance of the program's own classes begins (its
 * first field, or right after `super()`), nothing tells when its constructor ends; so while one may be running, the
 * stack of the next handle is asked: is the constructor's frame still on it? Most are not, which V8 tells for a third of
 * what a stack costs.
 */

import type { EngineClass, EngineRecord, SourceRange, TargetRef } from './engine-record.ts'
import type { PlainFrame } from './frames.ts'
import { beneficiary } from './lending.ts'
import { isCodeOf, isWithin } from './own-code.ts'
import { contextOwner } from './ownership.ts'
import { type CapturedStack, isOnStack } from './stack.ts'
import { beginYouth, YoungTarget } from './youth.ts'

const { executionAsyncId } = process.getBuiltinModule('node:async_hooks')

interface Construction {
  cls: EngineClass
  executionId: number
  /** Where the instance was made, its own constructors left out. */
  created: CapturedStack | null
  instance: TargetRef
  /** In whose context. */
  parent: EngineRecord | null
  /** Makes the instance's engine when it turns out to be needed. */
  claim: Claim
}

export type Claim = (instance: object, parent: EngineRecord | null) => EngineRecord | null

/** More than any program nests constructors of engines. */
const nestingLimit = 64

let constructions: Construction[] = []

export function beginConstruction(
  cls: EngineClass,
  created: CapturedStack | null,
  instance: object,
  parent: EngineRecord | null,
  claim: Claim,
): void {
  const executionId = executionAsyncId()
  if (constructions.length === nestingLimit || constructions[0]?.executionId !== executionId)
    constructions = []
  constructions.push({
    cls,
    executionId,
    created,
    instance: new YoungTarget(instance),
    parent,
    claim,
  })
  beginYouth()
}

function claimed({ instance, parent, claim }: Construction): EngineRecord | null {
  const target = instance.deref()
  return target === undefined ? null : claim(target, parent)
}

/** Lets go of instances whose constructors have returned. */
export function forgetConstructions(): void {
  for (const each of constructions) {
    if (each.instance instanceof YoungTarget) each.instance = new WeakRef(each.instance.deref())
  }
}

/** Whether a constructor of an engine may be running that has a claim on what `owner` opens now. */
export function isConstructing(owner: EngineRecord | null): boolean {
  if (constructions.length === 0) return false
  if (constructions[0]?.executionId !== executionAsyncId()) constructions = []
  const [first, second] = constructions
  if (first === undefined) return false
  // Whether its constructor or its start runs, it is the same engine's.
  if (second === undefined && owner !== null && first.instance.deref() === owner.target?.deref()) return false
  for (let latest = constructions.at(-1); latest !== undefined; latest = constructions.at(-1)) {
    if (isOnStack(latest.cls.ctor)) return true
    constructions.pop()
  }
  return false
}

/**
 * The engine whose constructor is on the stack, innermost; `null` where none is, and then none is asked again. `null`
 * too where `owner` was started by that constructor and is at work: then it becomes a child of the engine.
 */
export function claimByConstructor(stack: CapturedStack, owner: EngineRecord | null): EngineRecord | null {
  const { frames } = stack
  while (constructions.length > 0) {
    const latest = constructions.at(-1) as Construction
    if (countConstructors(frames, latest.cls.source) >= depthOf(latest)) {
      const builder = claimed(latest)
      if (builder === null || owner === null || !isStartedBy(latest, owner, frames)) return builder
      if (owner !== builder && owner.parent === builder.parent) owner.parent = builder
      return null
    }
    constructions.pop()
  }
  return null
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

/** Who asks for what opens now, with this stack: the engine whose constructor runs, else the one in whose context it is. */
export function requester(stack: CapturedStack | null): EngineRecord | null {
  const owner = contextOwner()
  const builder = isConstructing(owner) && stack !== null ? claimByConstructor(stack, owner) : null
  return builder ?? beneficiary(owner, stack)
}

/** How many constructors of its class ran when it began, its own among them; one where no stack tells. */
function depthOf({ cls, created }: Construction): number {
  return created === null ? 1 : 1 + countConstructors(created.frames, cls.source)
}

function countConstructors(frames: readonly PlainFrame[], source: SourceRange): number {
  return frames.filter((frame) => frame.construct && isWithin(frame, source)).length
}
