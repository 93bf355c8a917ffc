/** Which faults are one finding: those of one kind and name at one place. */
import type { PlainFrame } from '../core/frames.ts'
import { type Steps, stepSize } from '../core/steps.ts'
import type { OwnedHandle } from '../core/stock.ts'
import { fingerprint } from '../judge/fingerprint.ts'
import { type Fault, isLeftBehind } from '../judge/judge.ts'
import type { Verdict } from '../judge/verdict.ts'
import { handleName } from './parts.ts'
import type { Sources } from './sources.ts'

/**
 * By fingerprint; where any is a leak, a leak is the first. An orphan without a stack of its own goes with its kin, where all
 * of these are of one place.
 */
export function* groupingById(faults: readonly Fault[], idOf: IdOf): Steps<Map<string, Fault[]>> {
  const groups = new Map<string, Fault[]>()
  const kin = new Map<string, Set<string>>()
  const placed = faults.filter((fault) => !isUnplaced(fault))
  const unplaced = faults.filter(isUnplaced)
  let count = 0
  for (const fault of placed.concat(unplaced)) {
    count += 1
    if (count % stepSize === 0) yield
    const like = fault.engine === null ? `${fault.kind} ${nameOf(fault)}` : null
    const ids = like === null ? undefined : kin.get(like)
    const id = ids?.size === 1 && isUnplaced(fault) ? ([...ids][0] as string) : idOf(fault)
    if (like !== null && count <= placed.length) kin.set(like, (ids ?? new Set()).add(id))
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [fault])
    else if (fault.severity === 'leak' && group[0]?.severity === 'warning') group.unshift(fault)
    else group.push(fault)
  }
  return groups
}

function isUnplaced({ engine, handles }: Fault): boolean {
  return engine === null && handles[0]?.live.record.stack === null
}

/** Tells a fault's id. */
export type IdOf = (fault: Fault) => string

/** An id is made once for all faults of one kind and name at one place. */
export function identify(sources: Sources): IdOf {
  const known = new Map<PlainFrame | null, Map<string, Map<Verdict, string>>>()
  return (fault) => {
    const { kind } = fault
    const frame = frameOf(fault, sources)
    // Beside one that was forgotten at the same place it is no leak.
    const isMeant = fault.engine !== null && isLeftBehind(fault.engine, fault.handles)
    const name = isMeant ? `${nameOf(fault)} left behind` : nameOf(fault)
    const ids = within(within(known, frame), name)
    let id = ids.get(kind)
    if (id === undefined) {
      const file = sources.site(frame)?.file ?? null
      id = fingerprint({ kind, name, file, function: frame?.function ?? null })
      ids.set(kind, id)
    }
    return id
  }
}

function within<K, L, V>(all: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = all.get(key)
  if (found === undefined) {
    found = new Map()
    all.set(key, found)
  }
  return found
}

export function nameOf({ engine, handles }: Fault): string {
  return engine?.name ?? handleName(handles[0] as OwnedHandle)
}

/** Where it was started, or its handle made. */
export function frameOf({ engine, handles }: Fault, sources: Sources): PlainFrame | null {
  return sources.frameIn(
    engine === null ? (handles[0]?.live.record.stack ?? null) : (engine.started ?? engine.created),
  )
}
