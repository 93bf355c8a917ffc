/**
 * Every kind of finding, in the order of the documentation. Teach leakwatch one more by adding a line: the file of that name in this
 * folder judges, and the one in `report/words/kinds` says it.
 */
export const kindNames = [
  'never-stopped',
  'stop-incomplete',
  'stop-pending',
  'start-failed',
  'restarted',
  'abandoned',
  'overdue',
  'growing',
  'exhausted',
  'renewed',
  'orphan',
] as const

/** The fault that a finding names. */
export type Kind = (typeof kindNames)[number]

/** A saved report may come from a newer leakwatch, with kinds of its own. */
export function isKind(name: string): name is Kind {
  return (kindNames as readonly string[]).includes(name)
}
