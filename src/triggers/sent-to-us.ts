/** Which signal is sent to this process. Loaded with the first that it sends. */

import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

/** The signal's name; `null` where this process does not get it. `pid` as `process.kill` takes it: `0` is this process's own group. */
export function signalToUs(pid: number, signal: number): NodeJS.Signals | null {
  if (pid !== process.pid && pid !== 0 && (pid >= -1 || -pid !== ownGroup())) return null
  const entry = Object.entries(constants.signals).find(([, number]) => number === signal)
  return entry === undefined ? null : (entry[0] as NodeJS.Signals)
}

/** Only Linux tells. Elsewhere this process is taken for one that leads its group. */
function ownGroup(): number {
  try {
    const text = readFileSync('/proc/self/stat', 'utf8')
    // The command stands in parentheses and may have any character in it; the group is the third field after it.
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[2])
  } catch {
    return process.pid
  }
}
