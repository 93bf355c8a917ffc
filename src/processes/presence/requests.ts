/** Tells the signals of those who ask for a report in the folder from all other signals. */
import { now } from '../../core/time/clock.ts'
import { requestOf } from './entry.ts'

/** Each request has a signal of its own, which may arrive as long as this after the request. */
const signalDelayMs = 1000

export interface Requests {
  /**
   * Called at each signal. Gives the requests that have to be answered now: none if an earlier signal has answered them, or if
   * nobody waits any more. `null`: the signal comes from somebody else.
   */
  claim(): string[] | null
  /** The request was answered, or cannot be. */
  finished(request: string): void
}

/** `names`: the files of the folder. `remove`: removes one of them. */
export function requestsTo(base: string, names: () => string[], remove: (name: string) => void): Requests {
  const claimed = new Set<string>()
  /** How many signals are still to come whose requests are answered already. */
  let answeredSignals = 0
  let answeredUntil = 0
  return {
    claim() {
      const found = names().filter((name) => isNew(requestOf(base, name)))
      if (now() >= answeredUntil) answeredSignals = 0
      if (found.length === 0) {
        if (answeredSignals === 0) return null
        answeredSignals -= 1
        return []
      }
      answeredSignals += found.length - 1
      answeredUntil = now() + signalDelayMs
      const asked = found.filter((name) => name === requestOf(base, name))
      for (const name of asked) claimed.add(name)
      for (const name of found) if (!claimed.has(name)) remove(name)
      return asked
    },
    finished: (request) => void claimed.delete(request),
  }

  function isNew(request: string | null): boolean {
    return request !== null && !claimed.has(request)
  }
}
