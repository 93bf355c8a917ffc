/** Which test a fault belongs to: the one in whose context the engine was started, or the orphan was opened. */
import { type TestScope, testOfHandle } from '../core/records/test-scope.ts'
import type { Fault } from './judge.ts'

/** `null` outside of test runners. Where the context is lost, as with accepted sockets, the engine's parent tells. */
export function scopeOf({ engine, handles }: Pick<Fault, 'engine' | 'handles'>): TestScope | null {
  if (engine === null) {
    const [first] = handles
    return first === undefined ? null : testOfHandle(first.live.resource)
  }
  for (let each: Fault['engine'] = engine; each !== null; each = each.parent) {
    if (each.test !== null && (each.test.name !== null || each.test.hook !== null)) return each.test
  }
  return (
    engine.test ??
    handles.map(({ live }) => testOfHandle(live.resource)).find((each) => each !== null) ??
    null
  )
}
