/** Looks up a handle that is followed: what its stack shows, and whose it is where that shows later than it opened. */
import type { EngineRecord } from '../records/engine-record.ts'
import { noteTest, type TestScope } from '../records/test-scope.ts'
import type { CapturedStack } from '../stacks/captured-stack.ts'
import type { YoungHandle } from './handle-table.ts'
import { state } from './state.ts'

/** Who asked for a handle that is announced without a trace of that. */
export interface MadeBy {
  madeBy: EngineRecord | null
  /** In which of its starts. */
  start: number
  stack: CapturedStack | null
  test: TestScope | null
}

/** The latest young slot of a handle. */
function youngSlot(resource: object): YoungHandle | undefined {
  for (let index = state.youngCount - 1; index >= 0; index -= 1) {
    if (state.ring[index]?.resource === resource) return state.ring[index]
  }
  return undefined
}

/** The stack of a handle that is followed, where it has one. */
export function stackOf(resource: object): CapturedStack | null {
  return (youngSlot(resource) ?? state.oldByResource.get(resource))?.stack ?? null
}

/** Corrects whose a handle is, where that shows only after it was announced. */
export function reattribute(resource: object, { madeBy, start, stack, test }: MadeBy): void {
  noteTest(resource, test)
  const row = youngSlot(resource) ?? state.oldByResource.get(resource)
  if (row === undefined) return
  row.owner = madeBy
  row.start = start
  row.stack = stack
}
