/**
 * What leakwatch says of itself at the end of a report: its own errors, which never reach the watched program, and what it
 * cannot see.
 */
import { state } from './state.ts'

const limit = 20
/** A report cuts it further, once secrets are out of it: of half a secret nobody knows that it is one. */
const longest = 1000

/** What is kept of a text of the program's: a name may have any length. */
export function boundedText(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** Counts an error of leakwatch's own; `where` names the part that failed. Never throws. */
export function recordFault(where: string, error: unknown): void {
  let text = where
  try {
    text = boundedText(`${where}: ${error instanceof Error ? error.message : String(error)}`)
  } catch {
    // an error that has no text is known by its place
  }
  try {
    const { faults } = state
    const count = faults.get(text)
    if (count !== undefined) faults.set(text, count + 1)
    else if (faults.size < limit) faults.set(text, 1)
  } catch {
    // a program may replace the methods of `Map`, and its stack may be full
  }
}

/** Runs `body`; what it throws is counted. */
export function attempt(where: string, body: () => unknown): void {
  try {
    body()
  } catch (error) {
    recordFault(where, error)
  }
}

/** What it cannot see of the program, one line each. */
export function notCovered(): Set<string> {
  return state.notCovered
}

/** Each different fault as one line, with how often it came. */
export function faults(): string[] {
  return [...state.faults].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`))
}
