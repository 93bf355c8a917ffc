/**
 * leakwatch's own errors. They never reach the watched program: they are counted here and told at the end of a report.
 */
const limit = 20
const seen = new Map<string, number>()

/** Remembers an error of leakwatch's own; `where` names the part that failed. Never throws. */
export function recordFault(where: string, error: unknown): void {
  let text = where
  try {
    text = `${where}: ${error instanceof Error ? error.message : String(error)}`
  } catch {
    // an error that cannot be told as text is told by its place
  }
  try {
    const count = seen.get(text)
    if (count !== undefined) seen.set(text, count + 1)
    else if (seen.size < limit) seen.set(text, 1)
  } catch {
    // a program may replace the methods of `Map`, and its stack may be full
  }
}

/** Runs `body`; what it throws is remembered. */
export function attempt(where: string, body: () => unknown): void {
  try {
    body()
  } catch (error) {
    recordFault(where, error)
  }
}

/** Each different fault as one line, with how often it came. */
export function faults(): string[] {
  return [...seen].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`))
}
