/** Whose code made something: that of the innermost frame which is not Node's. */
import { isDependency, isInternal, type PlainFrame } from '../core/stacks/frames.ts'

/** `unknown`: nothing but Node's own code is on the stack, or there is none. */
export function madeBy(
  stack: { readonly frames: readonly PlainFrame[] } | null | undefined,
): 'program' | 'dependency' | 'unknown' {
  const maker = stack?.frames.find((frame) => !isInternal(frame))
  if (maker === undefined) return 'unknown'
  return isDependency(maker) ? 'dependency' : 'program'
}
