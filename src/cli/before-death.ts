/** What is to be removed where a signal ends this command. */
const left = new Set<() => void>()
const deadly = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function die(signal: NodeJS.Signals): void {
  for (const clearUp of left) clearUp()
  for (const each of deadly) process.removeListener(each, die)
  process.kill(process.pid, signal)
}

/** Calls `body` where a signal is about to end this command. Returns its undo. */
export function beforeDeath(body: () => void): () => void {
  if (left.size === 0) for (const each of deadly) process.on(each, die)
  left.add(body)
  return () => {
    left.delete(body)
    if (left.size === 0) for (const each of deadly) process.removeListener(each, die)
  }
}
