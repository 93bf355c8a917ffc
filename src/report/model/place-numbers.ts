/**
 * Numbers the places of one function at which engines of one name are started, from 1: two of them are two bugs, and an id knows no line. All
 * places count at which any was started, so that the number does not depend on which of them leak.
 */
import { state } from '../../core/engines/state.ts'
import type { StartPlace } from '../../core/records/engine-record.ts'

/** Gives the number of a place. It is 1 where the place is not known. */
export function placeNumbers(): (place: StartPlace | null) => number {
  let numbers: ReadonlyMap<StartPlace, number> | null = null
  return (place) => {
    if (place === null) return 1
    numbers ??= numbered()
    return numbers.get(place) ?? 1
  }
}

function numbered(): Map<StartPlace, number> {
  const functions = new Map<string, StartPlace[]>()
  for (const [key, place] of state.places) {
    const { file, line, column, function: name } = place.frame
    const ofFunction = `${key.slice(0, -`${line}:${column}`.length)} ${file} ${name}`
    const known = functions.get(ofFunction)
    if (known === undefined) functions.set(ofFunction, [place])
    else known.push(place)
  }
  const numbers = new Map<StartPlace, number>()
  for (const places of functions.values()) {
    places.sort(
      (a, b) => (a.frame.line ?? 0) - (b.frame.line ?? 0) || (a.frame.column ?? 0) - (b.frame.column ?? 0),
    )
    for (const [index, place] of places.entries()) numbers.set(place, index + 1)
  }
  return numbers
}
