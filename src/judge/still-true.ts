/**
 * A report that is made while the program runs on takes some time, and what has changed since it was judged is not told: what
 * is left is true as of the moment at which the report is done. Pure.
 */
import { isStillAlive } from '../core/handle-table.ts'
import type { OwnedHandle } from '../core/stock.ts'
import type { Fault } from './judge.ts'

/** Those that have closed since they were looked at. */
export function goneOf(handles: readonly OwnedHandle[]): Set<OwnedHandle> {
  const gone = new Set<OwnedHandle>()
  for (const each of handles) if (!isStillAlive(each.live)) gone.add(each)
  return gone
}

/** `fault` as it is now, the same where nothing has changed; `null`: nothing is left of it, or it would take another look. */
export function stillTrue(fault: Fault, gone: ReadonlySet<OwnedHandle>): Fault | null {
  const { engine, state, kind } = fault
  if (engine !== null && (engine.state !== state?.name || engine.starts !== state.starts)) return null
  const handles = gone.size === 0 ? fault.handles : allOf(fault.handles, (each) => !gone.has(each))
  const children = allOf(fault.children, (child) => child.state !== 'stopped' && child.state !== 'failed')
  if (handles === fault.handles && children === fault.children) return fault
  if (kind === 'restarted') return null
  if (kind !== 'never-stopped' && handles.length + children.length === 0) return null
  return { ...fault, handles, children }
}

/** `list` itself where `holds` is true of all. */
function allOf<T>(list: T[], holds: (each: T) => boolean): T[] {
  return list.every(holds) ? list : list.filter(holds)
}
