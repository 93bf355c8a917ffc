/**
 * The objects that engines are. They are held weakly: an engine that nothing can stop any more shows by being collected. A young
 * engine's object is held by a plain reference, which costs less than a weak one.
 */
import type { EngineRecord } from '../records/engine-record.ts'
import { recordOf, setRecord } from '../records/record-of.ts'
import { beginYoungPeriod, YoungTarget } from '../time/young-period.ts'
import { state } from './state.ts'

/** A record as this module writes it. */
type Referring = { -readonly [Field in 'target']: EngineRecord[Field] }

const youngLimit = 512

/** Has the record hold its engine's object, where that is not known yet, or was let go when the engine had stopped. */
export function holdObject(record: EngineRecord, target: object): void {
  if (record.target !== null) return
  ;(record as Referring).target = new YoungTarget(target)
  if (state.young.length >= youngLimit) ageEngines()
  state.young.push(record)
  beginYoungPeriod()
}

/**
 * What is young no more is held weakly; what was stopped and left nothing, not at all. A transaction that is forgotten is collected, and its
 * connection is still lost: a lease that can say whether it is open is held until it is not.
 */
export function ageEngines(): void {
  const records = state.young
  state.young = []
  for (const record of records) {
    const { target } = record
    if (!(target instanceof YoungTarget)) continue
    const isOver = (record.state === 'stopped' || record.state === 'failed') && !record.holds
    if (isOver) (record as Referring).target = null
    else if (!record.lease || record.isOpen === null)
      (record as Referring).target = new WeakRef(target.deref())
  }
}

/** Tells which object a core engine is; known only once its handle has been handed to it. */
export function bindEngine(record: EngineRecord, target: object): void {
  holdObject(record, target)
  setRecord(target, record)
}

export function engineOf(target: unknown): EngineRecord | undefined {
  return recordOf(target)
}
