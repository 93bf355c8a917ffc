/** What the code does that has called a stop. Loaded with the first stop that has not finished. */
import type { CapturedStack } from '../core/stacks/captured-stack.ts'
import { isDependency, isInternal } from '../core/stacks/frames.ts'
import { originalColumn } from '../detect/transform/original-column.ts'
import { hasNextSteps } from '../report/sources/next-steps.ts'
import { sources } from '../report/sources/sources.ts'

/** Whether it waits for the call to be over, and then goes on. `null`: it is not known. */
export function nextStepAfter(stack: CapturedStack | null): boolean | null {
  const caller = stack?.frames.find((frame) => !isInternal(frame))
  if (caller === undefined || isDependency(caller)) return null
  const site = sources(originalColumn).site(caller)
  return site === null ? null : hasNextSteps(site)
}
