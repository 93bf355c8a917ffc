/** One-shot timers that do not end by themselves. */
import { callsMaker } from '../../core/handles/calls-maker.ts'
import type { OwnedHandle } from '../../core/stock.ts'
import { callbackText } from './callback-text.ts'

/** It is one of a chain, or its callback calls the function that made it. */
export function goesOn(handle: OwnedHandle): boolean {
  const { links, stack } = handle.live.record
  if (links > 1) return true
  const callback = callbackText(handle)
  return callback !== null && callsMaker(stack, callback.text, callback.name)
}
