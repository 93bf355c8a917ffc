/** Callers that wait for what an engine lends. */
export interface Waiting {
  readonly count: number
  /** Since when the first of them does. */
  readonly since: number
  /** After so long it turns them away; `null`: it never does. */
  readonly limitMs: number | null
}

/** What waits for longer has waited too long. */
const longestMs = 10_000

/** How long a caller may wait: half of the engine's own time limit at most. */
export function patienceMs(limitMs: number | null): number {
  return limitMs === null ? longestMs : Math.min(longestMs, limitMs / 2)
}
