/**
 * Most of what a program makes is gone within a tenth of a second. In this young period stacks stay raw, handles wait in their
 * ring and engines are held by a plain reference: what dies in it has cost a few writes. Nothing stays so for longer, as raw
 * stacks and plain references keep objects alive.
 */

import { attempt } from '../self/faults.ts'
import { later } from './clock.ts'
import { state } from './state.ts'

const periodMs = 100

export interface Stage {
  name: string
  /** `isInTurn`: the event loop has turned, and no code of the program's is on the stack. */
  run: (isInTurn: boolean) => void
}

/** What is to be done when the young period ends, in this order. */
export function whenYoungPeriodEnds(inOrder: readonly Stage[]): void {
  state.stages = inOrder
}

/** To be done before all that is there already. */
export function doFirst(stage: Stage): void {
  state.stages = [stage, ...state.stages]
}

/** Something young is there: the period ends in a tenth of a second at the latest. */
export function beginYoungPeriod(): void {
  if (state.cancelEnd === null) state.cancelEnd = later(periodMs, endInTurn)
}

/** Ends it now: before stock is taken, or where more is young than is good. */
export function endYoungPeriod(): void {
  endStages(false)
}

function endInTurn(): void {
  endStages(true)
}

function endStages(isInTurn: boolean): void {
  stopYoungPeriod()
  for (const { name, run } of state.stages) attempt(name, () => run(isInTurn))
}

/** Nothing is done at its end. */
export function stopYoungPeriod(): void {
  state.cancelEnd?.()
  state.cancelEnd = null
}

/** Stands in for a `WeakRef`, which costs over a microsecond, while its target is young. */
export class YoungTarget {
  readonly #target: object

  constructor(target: object) {
    this.#target = target
  }

  deref(): object {
    return this.#target
  }
}
