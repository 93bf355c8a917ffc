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

/** Of a finding. A hook that runs with each test belongs to the suite that these have in common. */
export function scopeOfAll(scopes: readonly (TestScope | null)[]): TestScope | null {
  const [first = null] = scopes
  const isSame = scopes.every((scope) => scope?.file === first?.file && scope?.hook === first?.hook)
  if (first?.hook == null || !isSame) return first
  const [suites = [], ...others] = scopes.map((scope) => scope?.name?.split(' > ') ?? [])
  const common = suites.findIndex((suite, index) => others.some((each) => each[index] !== suite))
  const names = common < 0 ? suites : suites.slice(0, common)
  return { ...first, name: names.length === 0 ? null : names.join(' > ') }
}
