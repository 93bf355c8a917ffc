/**
 * How many handle stacks may be captured: a share of one core, saved up while little happens. Each capture is
 * charged what captures were last measured to cost, so the budget steers itself on a slow machine too.
 */
import { now } from './clock.ts'
import type { EngineRecord } from './engine-record.ts'
import { type CapturedStack, captureStack, stackCounts } from './stack.ts'

/** Saved up at most, and at first: a program's start-up, with thousands of stacks, is covered whole. */
const savedMs = 40
const measureEvery = 32

export type StackMode = 'auto' | 'all' | 'off'

/** Of the share: kept for what is rare and matters most, however many timeouts come and go. */
const reserved = 0.25
/** Where it is spent, the time is looked at again for one ask in so many. */
const asksSkipped = 7

class Account {
  readonly #part: number
  #share = 0
  #creditMs = 0
  #lastRefill = 0
  #asksToSkip = 0

  /** `part` of all that may be spent. */
  constructor(part: number) {
    this.#part = part
  }

  open(share: number): void {
    this.#share = share * this.#part
    this.#creditMs = share === 0 ? 0 : savedMs * this.#part
  }

  /** Whether `costMs` was there. */
  spend(costMs: number): boolean {
    if (this.#creditMs < costMs) {
      if (this.#asksToSkip > 0) {
        this.#asksToSkip -= 1
        return false
      }
      this.#refill()
      if (this.#creditMs < costMs) {
        this.#asksToSkip = asksSkipped
        return false
      }
    }
    this.#creditMs -= costMs
    return true
  }

  #refill(): void {
    const at = now()
    this.#creditMs = Math.min(savedMs * this.#part, this.#creditMs + (at - this.#lastRefill) * this.#share)
    this.#lastRefill = at
  }

  /** The next ask looks at the time. */
  lookAgain(): void {
    this.#asksToSkip = 0
  }
}

const common = new Account(1 - reserved)
const reserve = new Account(reserved)
let mode: StackMode = 'auto'
let share = 0.01
let costMs = 0.008
let spentMs = 0
let uses = 0

/** `percent` of one core, for mode `auto`. */
export function setStackBudget(stackMode: StackMode, percent: number): void {
  mode = stackMode
  share = percent / 100
  for (const account of [common, reserve]) account.open(share)
}

export function stackMode(): StackMode {
  return mode
}

/** The stack of the caller of `above`, for an engine: outside the budget, and none where stacks are off. */
export function engineStack(above: (...args: never[]) => unknown, depth: number): CapturedStack | null {
  return mode === 'off' ? null : captureStack(above, depth)
}

const startDepth = 32
const stopDepth = 16
/** A start that the budget does not cover: most engines are started by the program's own code, a frame or two up. */
export const briefDepth = 3

/** How deep the stack of a start is captured: each has one, though not beyond the budget a deep one. 0: none. */
export function startStackDepth(record: EngineRecord, isDeep: boolean): number {
  if (mode === 'off') return 0
  return isDeep || spendRareStack() ? startDepth : (record.cls?.depth ?? startDepth)
}

/** The stack of a stop: of every engine that holds something for long, and of the others within the budget. */
export function stopStack(above: (...args: never[]) => unknown, record: EngineRecord): CapturedStack | null {
  if (mode === 'off' || !(record.holds || record.cls === null || spendRareStack())) return null
  return captureStack(above, stopDepth)
}

/** Whether one more stack of what there is much of, timeouts, may be captured; charges it. */
export function spendStack(): boolean {
  if (mode !== 'auto') return mode === 'all'
  return charge(common.spend(costMs))
}

/** The same for what there is less of: intervals, and what engines have beside the stack of their start. */
export function spendRareStack(): boolean {
  if (mode !== 'auto') return mode === 'all'
  return charge(common.spend(costMs) || reserve.spend(costMs))
}

function charge(isSpent: boolean): boolean {
  if (isSpent) spentMs += costMs
  return isSpent
}

/** The next ask looks at the time. */
export function refillStacks(): void {
  common.lookAgain()
  reserve.lookAgain()
}

export interface StackTally {
  /** Of all kinds, engines' too. */
  captured: number
  /** Handles that have none of their own. */
  skipped: number
  /** Of one core, since the process started: what may be spent beside engines' stacks, and what was. `null`: no bound. */
  budgetPercent: number | null
  spentPercent: number
}

/** What stacks have cost so far, by leakwatch's own measure. */
export function stackTally(): StackTally {
  return {
    ...stackCounts,
    budgetPercent: mode === 'auto' ? share * 100 : null,
    spentPercent: Math.round((spentMs / now()) * 10_000) / 100,
  }
}

/** Runs a capture, and now and then measures what one costs, its later reading included. */
export function measured<T>(capture: () => T): T {
  uses += 1
  if (uses % measureEvery !== 0) return capture()
  const from = now()
  const result = capture()
  // Reading costs about as much again (4 µs raw, 8.5 µs read, at 8 frames).
  const cost = Math.min((now() - from) * 2, 0.1)
  costMs += (cost - costMs) / 8
  return result
}
