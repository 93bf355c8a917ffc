/** How much of a stack an engine's start and stop keep. */
import type { EngineRecord } from '../records/engine-record.ts'
import { spendRareStack, stackMode } from '../stacks/budget.ts'
import { type CapturedStack, captureStack } from '../stacks/captured-stack.ts'

const startDepth = 32
export const stopStackDepth = 16
/** A start that the budget does not cover: most engines are started by the program's own code. A frame costs 0.2 µs. */
export const briefDepth = 1

/** How deep the stack of a start is captured: each has one, though not beyond the budget a deep one. 0: none. */
export function startStackDepth(record: EngineRecord, isDeep: boolean): number {
  if (stackMode() === 'off') return 0
  return isDeep || spendRareStack() ? startDepth : (record.cls?.depth ?? startDepth)
}

/** The `await` in which a stop of `record` is: one frame, of the same engines as the stack of the stop. */
export function waitStack(above: (...args: never[]) => unknown, record: EngineRecord): CapturedStack | null {
  return hasStopStack(record) ? captureStack(above, 1) : null
}

/**
 * The stack of a stop: of every engine that holds something for long, and of the others within the budget. `inner`: of
 * the frames below `above`, so many are not wanted.
 */
export function stopStack(
  above: (...args: never[]) => unknown,
  record: EngineRecord,
  inner = 0,
): CapturedStack | null {
  return hasStopStack(record) ? captureStack(above, stopStackDepth, inner) : null
}

function hasStopStack({ holds, cls }: EngineRecord): boolean {
  return stackMode() !== 'off' && (holds || cls === null || spendRareStack())
}
