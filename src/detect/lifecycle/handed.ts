/** Callbacks that were handed to a constructor: they work for whoever handed them over, as those of a method do. */

import { engineOf } from '../../core/engines/objects.ts'
import { type CallbackHolder, noteCallbacks } from '../../core/ownership/callbacks.ts'
import { contextEngine } from '../../core/ownership/context.ts'
import { state } from './state.ts'

const { types } = process.getBuiltinModule('node:util')

/** The constructor of `instance` was given `args`. */
export function noteHanded(instance: object, ...args: unknown[]): void {
  if (!args.some(mayCall) || types.isProxy(instance)) return
  if (state.lifecycles.get(Object.getPrototypeOf(instance))?.cls.isLight === true) return
  const holder: CallbackHolder = engineOf(instance) ?? state.handed.get(instance) ?? { callbacks: null }
  noteCallbacks(holder, contextEngine(), args)
  if (holder.callbacks !== null && engineOf(instance) === undefined) state.handed.set(instance, holder)
}

function mayCall(arg: unknown): boolean {
  return typeof arg === 'function' || (typeof arg === 'object' && arg !== null)
}
