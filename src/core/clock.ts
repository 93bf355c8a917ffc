/**
 * Time and timers as they were when leakwatch was loaded: a program's fake timers replace the globals, not these.
 */
const { setTimeout, clearTimeout } = globalThis

/** Milliseconds since the process (or thread) started, with a fraction. */
export const now: () => number = performance.now.bind(performance)

/** The wall clock at `now() === 0`, in milliseconds since 1970. */
export const origin: number = Date.now() - now()

let making = false

/** Whether the handle that async_hooks announces at this moment is a timer of leakwatch's own. */
export function isMakingTimer(): boolean {
  return making
}

/** Calls back once, after `ms`, without keeping the process alive and without being followed. Returns its undo. */
export function later(ms: number, callback: () => void): () => void {
  making = true
  try {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  } finally {
    making = false
  }
}

/** A wait that keeps the process alive only where `hold` is set. */
export function wait(ms: number, hold: boolean): Promise<void> {
  return new Promise((resolve) => {
    making = true
    try {
      const timer = setTimeout(resolve, ms)
      if (!hold) timer.unref()
    } finally {
      making = false
    }
  })
}
