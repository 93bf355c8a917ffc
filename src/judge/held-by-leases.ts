/**
 * What a library has lent without an engine of the program's (the body of an answer, by a dispatcher that all share) is kept by a socket that
 * the library opened and nobody owns: one fault. Pure.
 */
import { isInternal } from '../core/stacks/frames.ts'
import type { Fault } from './judge.ts'

/** `faults`, where each such lease has the oldest such handle that no other has. */
export function heldByLeases(faults: Fault[]): Fault[] {
  const leases = faults.filter(({ engine }) => engine?.lease === true && engine.parent === null)
  if (leases.length === 0) return faults
  const moved = new Map<Fault, Fault>()
  for (const fault of faults) {
    if (fault.engine !== null) continue
    const opener = packageOf(fault)
    const lease = leases.find((each) => each.engine?.package === opener && !moved.has(each))
    if (opener !== null && lease !== undefined) moved.set(lease, fault)
  }
  const gone = new Set(moved.values())
  return faults.flatMap((fault) => {
    if (gone.has(fault)) return []
    const held = moved.get(fault)
    return held === undefined ? fault : { ...fault, handles: [...fault.handles, ...held.handles] }
  })
}

/** Whose code opened it: `undici`. */
function packageOf({ handles: [handle] }: Fault): string | null {
  const frame = handle?.live.record.stack?.frames.find((each) => !isInternal(each))
  return /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/s.exec(frame?.file ?? '')?.[1] ?? null
}
