/** Tells which signals come from somebody who asks for a report in the folder, and which do not. */
import { now } from '../core/clock.ts'
import { isRequestTo } from './entry.ts'

/** Each request comes with a signal of its own; so long after a request it may still be on its way. */
const onItsWayMs = 1000

export interface Requests {
  /**
   * Called with each signal: the requests that are to be answered now; none, where an earlier signal has answered for this one
   * too; `null`, where it comes from somebody else.
   */
  claim(): string[] | null
  /** It was answered, or cannot be. */
  settled(request: string): void
}

/** `names`: what lies in the folder. */
export function requestsTo(base: string, names: () => string[]): Requests {
  const claimed = new Set<string>()
  /** Signals still to come of requests that an earlier signal has answered. */
  let owed = 0
  let owedUntil = 0
  return {
    claim() {
      const found = names().filter((name) => isRequestTo(base, name) && !claimed.has(name))
      if (now() >= owedUntil) owed = 0
      if (found.length === 0) {
        if (owed === 0) return null
        owed -= 1
        return []
      }
      owed += found.length - 1
      owedUntil = now() + onItsWayMs
      for (const name of found) claimed.add(name)
      return found
    },
    settled: (request) => void claimed.delete(request),
  }
}
