import { type HandleKind, soonMs } from './kind.ts'
import { isFinal } from './trigger.ts'

/** A live handle that belongs to no engine. */
export const kind: HandleKind = {
  of: 'handle',
  fits: ({ owner }) => owner === null,
  severity: ({ live, ref, dueMs }, { trigger }) => {
    const endsByItself = dueMs !== null && dueMs <= soonMs
    const isHeld = ref || !live.record.kind.canBeUnreferenced
    return isFinal(trigger) && isHeld && !endsByItself ? 'leak' : 'warning'
  },
}
