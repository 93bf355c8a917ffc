/** At the end of a process, or of a part of a test run: what was learned is kept. It is as silent as it is optional. */
import { isCodeKept, scripts, secondsHere, used } from './own-code.ts'
import { learned } from './what-was-read.ts'

/** Between two writes of a process that goes on. */
const pauseSeconds = 2
let keptAt: number | null = null

/** The same, by a process that goes on and learns more. */
export function keepFromTimeToTime(): void {
  const now = secondsHere()
  if (keptAt !== null && now - keptAt < pauseSeconds) return
  if (keepWhatIsNew(['tests'])) keptAt = now
}

/** `uses` tell of functions that the process has called, beside its modules. Gives whether there was anything new. */
export function keepWhatIsNew(uses: readonly string[] = []): boolean {
  try {
    if (scripts.length > 0) for (const use of uses) used.add(use)
    if (learned.length === 0 && isCodeKept()) return false
    const { keep } = require('./keep.js') as typeof import('./keep.ts')
    keep()
    return true
  } catch {
    // The next start is as this one.
    return true
  }
}
