/** Decides which faults are one finding: those of one kind and one name at one place. */
import { startPlace } from '../../core/engines/start-place.ts'
import type { PlainFrame } from '../../core/stacks/frames.ts'
import type { OwnedHandle } from '../../core/stock.ts'
import { type Steps, stepSize } from '../../core/time/steps.ts'
import { fingerprint } from '../../judge/fingerprint.ts'
import type { Fault } from '../../judge/judge.ts'
import { isLeftBehind } from '../../judge/kinds/left-behind.ts'
import type { Kind } from '../../judge/kinds/list.ts'
import { shownName } from '../secrets/shown.ts'
import type { Sources } from '../sources/sources.ts'
import { openedIn } from './opened-in.ts'
import { openerOf } from './opener.ts'
import { handleName } from './parts.ts'
import { placeNumbers } from './place-numbers.ts'

/**
 * Groups faults by fingerprint. In a group with a leak, a leak is the first. An orphan without a stack joins the orphans of its
 * name, if all of those are from one place.
 */
export function* groupingById(faults: readonly Fault[], idOf: IdOf): Steps<Map<string, Fault[]>> {
  const groups = new Map<string, Fault[]>()
  const idsByName = new Map<string, Set<string>>()
  const placed = faults.filter((fault) => !isUnplaced(fault))
  const unplaced = faults.filter(isUnplaced)
  let count = 0
  for (const fault of placed.concat(unplaced)) {
    count += 1
    if (count % stepSize === 0) yield
    const nameKey = fault.engine === null ? `${fault.kind} ${nameOf(fault)}` : null
    const ids = nameKey === null ? undefined : idsByName.get(nameKey)
    const id = ids?.size === 1 && isUnplaced(fault) ? ([...ids][0] as string) : idOf(fault)
    if (nameKey !== null && count <= placed.length) idsByName.set(nameKey, (ids ?? new Set()).add(id))
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [fault])
    else if (weightOf(fault) < weightOf(group[0] as Fault)) group.unshift(fault)
    else group.push(fault)
  }
  return groups
}

/** A leak comes before a warning, and a socket before the timer that watches it: the first names the finding. */
function weightOf({ severity, engine, handles }: Fault): number {
  const live = engine === null ? handles[0]?.live : undefined
  const isTimer = live !== undefined && live.record.kind.frequency(live.resource) !== 'few'
  return (severity === 'leak' ? 0 : 2) + (isTimer ? 1 : 0)
}

function isUnplaced({ engine, handles }: Fault): boolean {
  return engine === null && handles[0]?.live.record.stack === null
}

/** Gives the id of a fault. */
export type IdOf = (fault: Fault) => string

/**
 * Makes one id for all faults of one kind and one name at one place. What a call of a dependency has opened is one, whatever that is:
 * a pool's sockets and its reaper's timer; what another call has opened, on the same line of the dependency, is another. What a class has
 * opened in several of its methods and ends in one is one, too.
 */
export function identify(sources: Sources): IdOf {
  const numberOf = placeNumbers()
  const known = new Map<PlainFrame | null, Map<string, Map<Kind, string>>>()
  return (fault) => {
    const { kind } = fault
    const frame = frameOf(fault, sources)
    // It is another finding than one that was forgotten at the same place.
    const isLeftOnPurpose = fault.engine !== null && isLeftBehind(fault.engine, fault.handles)
    const opener = openerOf(fault)
    const call = opener?.called ?? ''
    const ownName = isLeftOnPurpose ? `${nameOf(fault)} left behind` : nameOf(fault)
    const name = fault.engine === null && opener?.calledPackage ? opener.calledPackage : ownName
    const ids = entryOf(entryOf(known, frame), `${name} ${call}`)
    let id = ids.get(kind)
    if (id === undefined) {
      const file = sources.site(frame)?.file ?? null
      const number = fault.engine === null ? 1 : numberOf(startPlace(fault.engine))
      const caller = number === 1 ? (frame?.function ?? null) : `${frame?.function ?? ''}#${number}`
      const found = kind === 'orphan' && opener === null ? openedIn(fault, sources) : null
      // What one call ends is one bug: the socket and the timer that `close()` ends.
      id =
        typeof found?.clearedBy === 'string'
          ? fingerprint({ kind, name: found.className, file, function: found.clearedBy })
          : fingerprint({ kind, name, file, function: call === '' ? caller : `${caller ?? ''}>${call}` })
      ids.set(kind, id)
    }
    return id
  }
}

function entryOf<K, L, V>(all: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = all.get(key)
  if (found === undefined) {
    found = new Map()
    all.set(key, found)
  }
  return found
}

export function nameOf({ engine, handles }: Fault): string {
  return engine === null ? handleName(handles[0] as OwnedHandle) : shownName(engine.name)
}

/** Where the engine was started or the handle was made. */
export function frameOf({ engine, handles }: Fault, sources: Sources): PlainFrame | null {
  return sources.frameIn(
    engine === null
      ? (handles[0]?.live.record.stack ?? null)
      : (engine.started ?? engine.created ?? engine.stopped),
  )
}
