/** Tells which signals come from somebody who asks for a report in the folder, and which do not. */
import { now } from '../core/clock.ts'
import { requestOf } from './entry.ts'

/** Each request comes with a signal of its own; so long after a request it may still be on its way. */
const onItsWayMs = 1000

export interface Requests {
  /**
   * Called with each signal: the requests that are to be answered now; none, where an earlier signal has answered for this one
   * too, or nobody waits for it any more; `null`, where it comes from somebody else.
   */
  claim(): string[] | null
  /** It was answered, or cannot be. */
  settled(request: string): void
}

/** `names`: what lies in the folder. `remove`: takes a file out of it. */
export function requestsTo(base: string, names: () => string[], remove: (name: string) => void): Requests {
  const claimed = new Set<string>()
  /** Signals still to come of requests that an earlier signal has answered. */
  let owed = 0
  let owedUntil = 0
  return {
    claim() {
      const found = names().filter((name) => isNew(requestOf(base, name)))
      if (now() >= owedUntil) owed = 0
      if (found.length === 0) {
        if (owed === 0) return null
        owed -= 1
        return []
      }
      owed += found.length - 1
      owedUntil = now() + onItsWayMs
      const asked = found.filter((name) => name === requestOf(base, name))
      for (const name of asked) claimed.add(name)
      for (const name of found) if (!claimed.has(name)) remove(name)
      return asked
    },
    settled: (request) => void claimed.delete(request),
  }

  function isNew(request: string | null): boolean {
    return request !== null && !claimed.has(request)
  }
}
