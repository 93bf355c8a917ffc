/** Why a report was made. `exit`, `stall` and `assert` are final: what runs then should have been stopped. */
export type Trigger = 'exit' | 'stall' | 'assert' | 'signal' | 'call' | 'check'

export function isFinal(trigger: Trigger): boolean {
  return trigger === 'exit' || trigger === 'stall' || trigger === 'assert'
}
