/** Whether the number of engines that run from one place keeps rising, from check to check. Pure. */
import type { Growth } from '../../core/records/engine-record.ts'
import type { Siblings } from './siblings.ts'

const risesNeeded = 3
/** The number has to rise for so long: a warm-up is over by then. */
const neededMs = 10_000
/** Where hardly any engine was ever stopped, none may have to be: a pool grows to its size in the same way. It is given twice the time. */
const patience = 2
/** The growth is over after so many checks in a row without a rise. */
const flatUntilOver = 3

const none: Growth = { left: 0, rises: 0, flat: 0, upMs: 0, base: 0, isGrowing: false }

/** What is known after a check that came `sinceMs` after the one before. `known`: what was known then; `null`: the place had no engine. */
export function nextGrowth(
  known: Growth | null,
  { outliving: left, isKnown }: Siblings,
  sinceMs: number,
): Growth {
  const before = known ?? none
  const anew: Growth = { ...none, left, base: left }
  // Where nothing says that these should be stopped, those of the first check may be all that will ever be there.
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
