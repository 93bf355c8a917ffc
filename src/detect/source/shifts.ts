/** How what is inserted into a text moves the columns of what follows. */
import type { Insertion } from './injection.ts'
import { placeIndex } from './syntax.ts'

/** A shift of all that follows a column: `line` from 0, `column` from 0 in the source as it was. */
export interface Shift {
  line: number
  column: number
  by: number
}

/** By how much the insertions move what follows them on their lines. */
export function shiftsOf(source: string, insertions: readonly Insertion[]): Shift[] {
  const placeOf = placeIndex(source)
  return insertions
    .map(({ at, text, cut = 0 }) => ({ ...placeOf(at + cut), by: text.length - cut }))
    .filter(({ by }) => by > 0)
}

/** Those of each line, by their columns. */
export function shiftsByLine(shifts: readonly Shift[]): Map<number, Shift[]> {
  const lines = new Map<number, Shift[]>()
  for (const shift of shifts) {
    const known = lines.get(shift.line)
    if (known === undefined) lines.set(shift.line, [shift])
    else known.push(shift)
  }
  return lines
}

/** By how much the columns of a line are moved, asked from its beginning to its end. */
export function movedBy(shifts: readonly Shift[]): (column: number) => number {
  let passed = 0
  let moved = 0
  return (column) => {
    for (let next = shifts[passed]; next !== undefined && next.column <= column; next = shifts[passed]) {
      moved += next.by
      passed += 1
    }
    return moved
  }
}

/** The column (from 1) before the insertions, of one after them. */
export function unshifted(shifts: readonly Shift[], line: number, column: number): number {
  let original = column - 1
  let moved = 0
  for (const shift of shifts) {
    if (shift.line !== line - 1 || shift.column + moved > column - 1) continue
    // Inside the insertion itself: where it was put.
    original = Math.max(shift.column, original - shift.by)
    moved += shift.by
  }
  return original + 1
}
