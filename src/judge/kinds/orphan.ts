import type { HandleKind } from './kind.ts'
import { isFinal } from './trigger.ts'

/** A one-shot timer due this soon ends by itself. */
const soonMs = 10_000

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
