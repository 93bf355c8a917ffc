/** Which handles are alive, for those who judge and report. */
import { runningEngines } from '../engines/running-engines.ts'
import type { EngineRecord } from '../records/engine-record.ts'
import { atOnce, type Steps, stepSize } from '../time/steps.ts'
import { endYoungPeriod } from '../time/young-period.ts'
import { type HandleRecord, whereAlive } from './handle-table.ts'
import { state } from './state.ts'

export interface LiveHandle {
  readonly record: HandleRecord
  readonly resource: object
}

/** Every handle that is alive at this moment, by its own state. */
export function liveHandles(): LiveHandle[] {
  return atOnce(lookingAtHandles())
}

/** The same in steps. */
export function* lookingAtHandles(): Steps<LiveHandle[]> {
  endYoungPeriod()
  const live: LiveHandle[] = []
  let count = 0
  // Between two steps the table may be swept.
  for (const record of state.old.slice()) {
    count += 1
    if (count % stepSize === 0) yield
    const resource = whereAlive(record)
    if (resource !== null) live.push({ record, resource })
  }
  return live
}

/** Engines that own handles which were alive when they were last looked at. */
export function* lookingAtOwners(): Steps<Set<EngineRecord>> {
  const owners = new Set<EngineRecord>()
  let count = 0
  for (const { owner } of state.old.slice()) {
    count += 1
    if (count % stepSize === 0) yield
    if (owner !== null) owners.add(owner)
  }
  return owners
}

export function isStillAlive({ record }: LiveHandle): boolean {
  return whereAlive(record) !== null
}

/** What engines of the program's own code still hold whose stop has ended, by these. */
export function heldByStopped(): Map<EngineRecord, object[]> {
  const held = new Map<EngineRecord, object[]>()
  for (const record of state.old) {
    const { owner, kind } = record
    if (owner === null || owner.state !== 'stopped' || owner.origin !== 'convention') continue
    const resource = whereAlive(record)
    if (resource === null || kind.isClosing(resource)) continue
    const of = held.get(owner)
    if (of === undefined) held.set(owner, [kind.owner(resource) ?? resource])
    else of.push(kind.owner(resource) ?? resource)
  }
  return held
}

/** Which of these engines hold handles that are not closing, or engines that run. */
export function holdersAmong(engines: ReadonlySet<EngineRecord>): Set<EngineRecord> {
  const holders = new Set<EngineRecord>()
  for (const record of state.old) {
    const { owner } = record
    if (owner === null || !engines.has(owner) || holders.has(owner)) continue
    const resource = whereAlive(record)
    if (resource !== null && !record.kind.isClosing(resource)) holders.add(owner)
  }
  for (const { parent, state } of runningEngines()) {
    if (parent !== null && state !== 'stopping' && engines.has(parent)) holders.add(parent)
  }
  return holders
}
