/**
 * A report that is made while the program runs on takes some time. What has changed since it was judged is left out, so that the
 * report is true as of the moment at which it is done. Pure.
 */
import { isStillAlive } from '../core/handles/live-handles.ts'
import type { OwnedHandle } from '../core/stock.ts'
import type { Fault } from './judge.ts'
import { kindOf } from './kinds/by-subject.ts'

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
  const found = kindOf(kind)
  const afterwards = found.of === 'engine' ? found.afterwards : undefined
  if (afterwards === 'unknown') return null
  if (afterwards !== 'fault' && handles.length + children.length === 0) return null
  return { ...fault, handles, children }
}

/** Those that pass; `list` itself where all do. */
function allOf<T>(list: T[], passes: (each: T) => boolean): T[] {
  return list.every(passes) ? list : list.filter(passes)
}
