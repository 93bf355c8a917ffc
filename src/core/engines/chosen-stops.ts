/**
 * Programs start and stop some engines ten thousand times a second. To read where each was started is a fifth of what they cost: so one in
 * eight stands for the others. Loaded where there are many.
 */
import { isBrief } from './start-place.ts'
import { state, type UncountedStop } from './state.ts'

/** The first instances of a class are all read. */
const instancesRead = 1000

/** Those of `stops` that are to be read. */
export function chosenStops(stops: readonly UncountedStop[]): UncountedStop[] {
  // What stops in a shutdown is told one by one.
  return state.shutdown.startedAt === null ? stops.filter(isChosen) : [...stops]
}

/** At random, as programs do things in turn. What is not chosen is counted with the next of its class that is. */
function isChosen(stop: UncountedStop): boolean {
  const { started } = stop
  const { cls } = stop.record
  if (cls === null || cls.instances < instancesRead || started.isRead || !isBrief(stop)) return true
  state.random = Math.imul(state.random, 48_271) + 1
  if (state.random >>> 29 !== 0) {
    cls.unread += 1
    started.drop()
    return false
  }
  stop.weight += cls.unread
  cls.unread = 0
  return true
}
