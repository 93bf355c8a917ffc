/** Whether something runs. Asked while an engine of the program's own may be constructed, which few programs do all the time. */
import { type AnyCallee, capture, type RawHolder, reading } from './captured-stack.ts'

/**
 * Whether a call of `callee` is on the stack; `true` where nobody can say. V8 leaves out all frames above that call, and all
 * frames where there is none.
 */
export function isOnStack(callee: AnyCallee | null): boolean {
  if (callee === null) return true
  const raw: RawHolder = {}
  if (!capture(raw, callee, 1)) return true
  let isThere: unknown = true
  reading(isAny, () => {
    isThere = raw.stack
  })
  return isThere !== false
}

function isAny(_error: unknown, callSites: readonly NodeJS.CallSite[]): boolean {
  return callSites.length > 0
}
