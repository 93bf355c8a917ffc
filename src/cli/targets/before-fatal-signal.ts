/** Cleans up before a signal ends this command. */
const cleanups = new Set<() => void>()
const fatalSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function cleanUpAndEnd(signal: NodeJS.Signals): void {
  for (const cleanUp of cleanups) cleanUp()
  for (const each of fatalSignals) process.removeListener(each, cleanUpAndEnd)
  process.kill(process.pid, signal)
}

/** Calls `body` where a signal is about to end this command. Returns its undo. */
export function beforeFatalSignal(cleanUp: () => void): () => void {
  if (cleanups.size === 0) for (const each of fatalSignals) process.on(each, cleanUpAndEnd)
  cleanups.add(cleanUp)
  return () => {
    cleanups.delete(cleanUp)
    if (cleanups.size === 0) for (const each of fatalSignals) process.removeListener(each, cleanUpAndEnd)
  }
}
