/**
 * A stop that is called on an object which was never started changes nothing. Where another of its class runs, somebody may have meant
 * that one: a framework that has made an instance of its own.
 */
import { stopStackDepth } from '../../core/engines/engine-stacks.ts'
import { currentTest } from '../../core/records/test-scope.ts'
import { stackMode } from '../../core/stacks/budget.ts'
import { captureStack } from '../../core/stacks/captured-stack.ts'
import { state } from './state.ts'
import type { AnyFunction } from './wrap.ts'

const { types } = process.getBuiltinModule('node:util')

/** Programs whose objects are stopped a million times do so by the way. */
const looksAtMost = 1000

/** `inner`: so many frames below `above` are not wanted. */
export function noteStrayStop(self: object, above: AnyFunction, inner: number): void {
  if (state.strayLooks === looksAtMost || types.isProxy(self)) return
  state.strayLooks += 1
  const prototype = Object.getPrototypeOf(self)
  const cls = prototype === null ? undefined : state.classes.get(prototype)
  if (cls === undefined || cls.strayStop !== null) return
  cls.strayStop = {
    instance: new WeakRef(self),
    created: state.creations.get(self) ?? null,
    stopped: stackMode() === 'off' ? null : captureStack(above, stopStackDepth, inner),
    test: currentTest(),
  }
}
