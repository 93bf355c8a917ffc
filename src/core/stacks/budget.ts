/**
 * How many handle stacks may be captured: a share of one core, saved up while little happens. Each capture is
 * charged what captures were last measured to cost, so the budget steers itself on a slow machine too.
 */

import { now } from '../time/clock.ts'
import { type CapturedStack, captureStack } from './captured-stack.ts'
import { type Account, state } from './state.ts'

/** Saved up at most, and at first: a program's start-up, with thousands of stacks, is covered whole. */
export const savedMs = 40
const measureEvery = 32
/** Where the credit is spent, the time is looked at again for one ask in so many. */
export const asksSkipped = 7

export type StackMode = 'auto' | 'all' | 'off'

/** `percent` of one core, for mode `auto`. */
export function setStackBudget(stackMode: StackMode, percent: number): void {
  state.mode = stackMode
  state.share = percent / 100
  open(state.common, state.share)
  open(state.reserve, state.share)
  open(state.ticks, state.share)
}

function open(account: Account, share: number): void {
  account.share = share * account.part
  account.creditMs = share === 0 ? 0 : savedMs * account.part
}

export function stackMode(): StackMode {
  return state.mode
}

/** The stack of the caller of `above`, for an engine: outside the budget, and none where stacks are off. */
export function engineStack(above: (...args: never[]) => unknown, depth: number): CapturedStack | null {
  return state.mode === 'off' ? null : captureStack(above, depth)
}

/** Whether one more stack of what there is much of, timeouts, may be captured; charges it. */
export function spendStack(): boolean {
  if (state.mode !== 'auto') return state.mode === 'all'
  return charge(spend(state.common, state.costMs))
}

/** The same for what there is less of: intervals, and what engines have beside the stack of their start. */
export function spendRareStack(): boolean {
  if (state.mode !== 'auto') return state.mode === 'all'
  return charge(spend(state.common, state.costMs) || spend(state.reserve, state.costMs))
}

/** For a tick: there are many, and hardly one is asked where it came from. */
export function spendTickStack(): boolean {
  return state.mode !== 'off' && charge(spend(state.ticks, state.costMs))
}

function charge(isSpent: boolean): boolean {
  if (isSpent) state.spentMs += state.costMs
  return isSpent
}

/** Whether `costMs` was there. */
function spend(account: Account, costMs: number): boolean {
  if (account.creditMs < costMs) {
    if (account.asksToSkip > 0) {
      account.asksToSkip -= 1
      return false
    }
    refill(account)
    if (account.creditMs < costMs) {
      account.asksToSkip = asksSkipped
      return false
    }
  }
  account.creditMs -= costMs
  return true
}

function refill(account: Account): void {
  const at = now()
  const earned = (at - account.filledAt) * account.share
  account.creditMs = Math.min(savedMs * account.part, account.creditMs + earned)
  account.filledAt = at
}

/** The next ask looks at the time. */
export function refillStacks(): void {
  state.common.asksToSkip = 0
  state.reserve.asksToSkip = 0
  state.ticks.asksToSkip = 0
}

/** A handle gets no stack of its own. */
export function countSkippedStack(): void {
  state.skipped += 1
}

/** Runs a capture, and now and then measures what one costs, its later reading included. */
export function measured<T>(capture: () => T): T {
  state.uses += 1
  if (state.uses % measureEvery !== 0) return capture()
  const from = now()
  const result = capture()
  // Reading costs about as much again (4 µs raw, 8.5 µs read, at 8 frames).
  const cost = Math.min((now() - from) * 2, 0.1)
  state.costMs += (cost - state.costMs) / 8
  return result
}
