import type { HandleKind } from './kind.ts'
import { isFinal } from './trigger.ts'

/** Two may follow one another by chance. */
const linksNeeded = 3

/** A live handle that belongs to no engine, and that is one of a chain: each was made by the one before. */
export const kind: HandleKind = {
  of: 'handle',
  fits: ({ owner, live: { record } }, { now, graceMs }) =>
    owner === null && record.links >= linksNeeded && now - record.openedAt > graceMs,
  severity: ({ ref }, { trigger }) => (isFinal(trigger) && ref ? 'leak' : 'warning'),
  outranks: ['orphan'],
}
