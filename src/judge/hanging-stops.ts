/**
 * A shutdown that hangs in one of its steps never comes to the next: told is the step that hangs, and not what had not had its turn. Pure.
 */
import type { EngineRecord } from '../core/records/engine-record.ts'
import type { Fault } from './judge.ts'
import { scopeOf } from './scope.ts'

/** Kinds of what had no stop yet. */
const unstopped: ReadonlySet<string> = new Set(['never-stopped', 'renewed', 'orphan'])

/** `holdsUp`: whether whoever called this stop goes on only once it has finished. */
export function withoutTheirTurn(faults: Fault[], holdsUp: (engine: EngineRecord) => boolean): Fault[] {
  const pending = faults.filter(({ kind }) => kind === 'stop-pending')
  const left = faults.filter(({ kind }) => unstopped.has(kind))
  if (pending.length === 0 || left.length === 0) return faults
  const hanging = outermost(pending).filter(({ engine }) => engine !== null && holdsUp(engine))
  const blocked = new Map<Fault, Fault>()
  for (const fault of left) {
    const step = hanging.find((each) => mayComeAfter(fault, each))
    if (step !== undefined) blocked.set(fault, step)
  }
  const blocking = new Set([...blocked].flatMap(([{ severity }, step]) => (severity === 'leak' ? step : [])))
  return faults.flatMap((fault) => {
    if (blocked.has(fault)) return []
    // It may hold nothing itself.
    const isGraver = blocking.has(fault) && fault.engine?.origin !== 'core'
    return isGraver ? { ...fault, severity: 'leak' as const } : fault
  })
}

/** Those whose stop is not part of another's. */
function outermost(pending: readonly Fault[]): Fault[] {
  const engines = new Set<EngineRecord | null>(pending.map(({ engine }) => engine))
  return pending.filter(({ engine }) => {
    for (let each = engine?.parent ?? null; each !== null; each = each.parent)
      if (engines.has(each)) return false
    return true
  })
}

/** It was there when the step was begun, in the same file of tests. */
function mayComeAfter(fault: Fault, { engine: step, ...rest }: Fault): boolean {
  const begunAt = fault.engine?.startedAt ?? fault.handles[0]?.live.record.openedAt ?? 0
  if (begunAt > (step?.stopCalledAt ?? 0)) return false
  return scopeOf(fault)?.file === scopeOf({ engine: step, ...rest })?.file
}
