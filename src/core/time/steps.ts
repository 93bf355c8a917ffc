/**
 * Work in small steps: at once where nothing can wait (at exit), else in slices between which the event loop turns, so that the
 * watched program waits no longer for a report of ten thousand handles than for one of ten.
 */
import { later, now, wait } from './clock.ts'

/** Yields wherever it may be laid aside for a while; whatever it has looked at may then have changed. */
export type Steps<T> = Generator<undefined, T, undefined>

/** How many things are looked at in a step. */
export const stepSize = 64
const sliceMs = 5
const pauseMs = 1

export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** `hold`: it keeps the process alive until it is done. */
export async function inSlices<T>(steps: Steps<T>, hold: boolean): Promise<T> {
  for (;;) {
    const until = now() + sliceMs
    do {
      const { done, value } = steps.next()
      if (done === true) return value
    } while (now() < until)
    await (hold ? wait(pauseMs, true) : new Promise<void>((resolve) => void later(pauseMs, resolve)))
  }
}
