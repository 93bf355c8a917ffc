/**
 * Of several engines that were forgotten at one place, V8 has collected some before the end: that is one bug, and not two. Pure.
 */
import type { StartPlace } from '../core/records/engine-record.ts'
import type { Fault } from './judge.ts'

/** What was collected is told with those of its place that were not, as never stopped. */
export function withoutCollectedSiblings(faults: Fault[]): Fault[] {
  const forgotten = new Map<StartPlace, string>()
  for (const { kind, severity, engine } of faults)
    if (kind === 'never-stopped' && severity === 'leak' && engine?.place != null)
      forgotten.set(engine.place, engine.name)
  if (forgotten.size === 0) return faults
  return faults.map((fault) => {
    const { kind, engine } = fault
    const isSibling = engine?.place != null && forgotten.get(engine.place) === engine.name
    return kind === 'abandoned' && isSibling ? { ...fault, kind: 'never-stopped' } : fault
  })
}
