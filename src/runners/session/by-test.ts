/** Which leaks are told together: those of a test, and those of a line that runs before or after each test. */
import type { TestScope } from '../../core/records/test-scope.ts'
import type { PlainFrame } from '../../core/stacks/frames.ts'
import type { Fault } from '../../judge/judge.ts'
import { scopeOf } from '../../judge/scope.ts'

const ofEachTest = /Each$/

/** `placeOf`: where a fault's engine was started, or its handle opened. */
export function byTest(
  faults: readonly Fault[],
  placeOf: (fault: Fault) => PlainFrame | null,
): readonly Fault[][] {
  const groups = new Map<TestScope | string | null, Fault[]>()
  for (const fault of faults) {
    const key = keyOf(scopeOf(fault), placeOf(fault))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [fault])
    else group.push(fault)
  }
  return [...groups.values()]
}

/** Two lines of one hook are two bugs. */
function keyOf(scope: TestScope | null, place: PlainFrame | null): TestScope | string | null {
  if (scope?.hook == null || place === null || !ofEachTest.test(scope.hook)) return scope
  return `${scope.file} ${scope.hook} ${place.file}:${place.line}:${place.column}`
}
