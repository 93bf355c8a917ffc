/** Whether the number of engines that run from one place keeps rising, from check to check. Pure. */
import type { Growth } from '../core/engine-record.ts'
import type { Stay } from './staying.ts'

const risesNeeded = 3
/** A warm-up is over by then. */
const neededMs = 10_000
/**
 * Where hardly any was ever stopped nothing says that they should be: a pool grows to its size in the same way, so it is given
 * twice the time.
 */
const patience = 2
/** After so many checks without a rise it is over. */
const flatUntilOver = 3

/** What is known after a check. A place that had none at the last one begins to be counted now. */
export function grown(before: Growth | null, { left, isKnown }: Stay, checkMs: number): Growth {
  if (before === null) return { left, rises: 0, base: left, peak: left, flat: 0, isGrowing: false }
  const rises = left > before.left ? before.rises + 1 : 0
  const base = before.isGrowing || rises > 1 ? before.base : rises === 1 ? before.left : left
  const peak = Math.max(before.peak, left)
  const flat = peak > before.peak ? 0 : before.flat + 1
  const times = isKnown ? 1 : patience
  const isGrowing = before.isGrowing
    ? left > base && flat < flatUntilOver
    : rises >= risesNeeded * times && rises * checkMs >= neededMs * times
  return { left, rises, base, peak, flat: isGrowing && !before.isGrowing ? 0 : flat, isGrowing }
}
