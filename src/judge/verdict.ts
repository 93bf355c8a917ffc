/** The fault a finding names. */
export type Verdict =
  | 'never-stopped'
  | 'stop-incomplete'
  | 'stop-pending'
  | 'start-failed'
  | 'restarted'
  | 'abandoned'
  | 'overdue'
  | 'growing'
  | 'orphan'

export type Severity = 'leak' | 'warning'

/** Why a report was made. `exit`, `stall` and `assert` are final: what runs then should have been stopped. */
export type Trigger = 'exit' | 'stall' | 'assert' | 'signal' | 'call' | 'check'

export function isFinal(trigger: Trigger): boolean {
  return trigger === 'exit' || trigger === 'stall' || trigger === 'assert'
}

const toldByChecks: ReadonlySet<Verdict> = new Set(['overdue', 'growing', 'abandoned', 'stop-pending'])

/** A check tells of what calls for somebody now; all else that is live waits for a report that was asked for. */
export function isTold(kind: Verdict, trigger: Trigger): boolean {
  return trigger !== 'check' || toldByChecks.has(kind)
}
