/**
 * Most of what a program makes is gone within a tenth of a second. Until then stacks stay raw, handles wait in their ring
 * and engines are held by a plain reference: what dies young has cost a few writes. Nothing stays so for longer, as raw
 * stacks and plain references keep objects alive.
 */
import { later } from './clock.ts'
import { attempt } from './faults.ts'

const youthMs = 100

export interface Stage {
  name: string
  run: () => void
}

let stages: readonly Stage[] = []
let cancel: (() => void) | null = null

/** What is to be done when youth ends, in this order. */
export function whenYouthEnds(inOrder: readonly Stage[]): void {
  stages = inOrder
}

/** Something young is there: youth ends in a tenth of a second at the latest. */
export function beginYouth(): void {
  if (cancel === null) cancel = later(youthMs, endYouth)
}

/** Ends it now: before stock is taken, or where more is young than is good. */
export function endYouth(): void {
  stopYouth()
  for (const { name, run } of stages) attempt(name, run)
}

/** Forgets about the end. */
export function stopYouth(): void {
  cancel?.()
  cancel = null
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
