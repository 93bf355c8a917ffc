/**
 * Handles that a constructor opens. The loader tells when an instance of the program's own classes begins (its
 * first field, or right after `super()`), nothing tells when its constructor ends; so while one may be running, the
 * stack of the next handle is asked: is the constructor's frame still on it? Most are not, which V8 tells for a third of
 * what a stack costs.
 */

import type { EngineClass, EngineRecord, TargetRef } from '../records/engine-record.ts'
import type { CapturedStack } from '../stacks/captured-stack.ts'
import { YoungTarget } from '../time/young-period.ts'
import { contextOwner } from './context.ts'
import { state } from './state.ts'

const { executionAsyncId } = process.getBuiltinModule('node:async_hooks')

export interface Construction {
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

/** Lets go of instances whose constructors have returned. */
export function forgetConstructions(): void {
  for (const each of state.constructions) {
    if (each.instance instanceof YoungTarget) each.instance = new WeakRef(each.instance.deref())
  }
}

/** Whether a constructor of an engine may be running that has a claim on what `owner` opens now. */
export function isConstructing(owner: EngineRecord | null): boolean {
  if (state.constructions.length === 0) return false
  if (state.constructions[0]?.executionId !== executionAsyncId()) state.constructions = []
  const [first, second] = state.constructions
  if (first === undefined) return false
  // Whether its constructor or its start runs, it is the same engine's.
  if (second === undefined && owner !== null && first.instance.deref() === owner.target?.deref()) return false
  const { isAnyOnStack } = require('./builders.js') as typeof import('./builders.ts')
  return isAnyOnStack()
}

/** The engine whose constructor is on the stack: see `builders.ts`. */
export function claimByConstructor(stack: CapturedStack, owner: EngineRecord | null): EngineRecord | null {
  const { builderOnStack } = require('./builders.js') as typeof import('./builders.ts')
  return builderOnStack(stack, owner)
}

/** Who asks for what opens now, with this stack: the engine whose constructor runs, else the one in whose context it is. */
export function requester(stack: CapturedStack | null): EngineRecord | null {
  const owner = contextOwner()
  const builder = isConstructing(owner) && stack !== null ? claimByConstructor(stack, owner) : null
  return builder ?? giverBehind(owner, stack)
}

/** See `callbacks.ts`, which is loaded with the first engine of the program's own: no other is handed any. */
export function giverBehind(owner: EngineRecord | null, stack: CapturedStack | null): EngineRecord | null {
  if (owner === null || (owner.callbacks === null && owner.traits === null)) return owner
  const { ownerBehind } = require('./callbacks.js') as typeof import('./callbacks.ts')
  return ownerBehind(owner, stack)
}
