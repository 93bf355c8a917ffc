/** Whether the number of engines that run from one place keeps rising, from check to check. Pure. */
import type { Growth } from '../core/engine-record.ts'
import type { Stay } from './staying.ts'

const risesNeeded = 3
/** It has to have gone up for so long: a warm-up is over by then. */
const neededMs = 10_000
/**
 * Where hardly any was ever stopped nothing says that they should be: a pool grows to its size in the same way, so it is given
 * twice the time.
 */
const patience = 2
/** After so many checks in a row without a rise it is over. */
const flatUntilOver = 3

const none: Growth = { left: 0, rises: 0, flat: 0, upMs: 0, base: 0, isGrowing: false }

/** What is known after a check, `sinceMs` after the one before. `known` is `null` where the place had none then. */
export function grown(known: Growth | null, { left, isKnown }: Stay, sinceMs: number): Growth {
  const before = known ?? none
  const anew: Growth = { ...none, left, base: left }
  // Where nothing says that they should be stopped, those of the first check may be all that there will be.
  const hasRisen = left > before.left && (known !== null || isKnown)
  const rises = hasRisen ? before.rises + 1 : 0
  const flat = hasRisen ? 0 : before.flat + 1
  if (before.isGrowing) {
    // Some of them may have been stopped, and the others still pile up.
    return left > before.base && flat < flatUntilOver ? { ...before, left, rises, flat } : anew
  }
  if (left < before.left || flat === flatUntilOver) return anew
  const upMs = before.upMs + sinceMs
  const times = isKnown ? 1 : patience
  const isGrowing = rises >= risesNeeded * times && upMs >= neededMs * times
  return { left, rises, flat, upMs, base: before.base, isGrowing }
}
