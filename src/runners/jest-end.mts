/** Jest says to nobody that it has no more to do in a process: it is seen by what it does then. */

/** Calls back once. */
export function whenJestIsDone(realProcess: NodeJS.Process, done: () => void): void {
  const finish = (): void => {
    realProcess.removeListener('newListener', added)
    realProcess.removeListener('removeListener', removed)
    done()
  }
  // In its main process it sets the exit code on the way out (`readResultsAndExit` of jest-cli).
  const added = (event: string | symbol): void => {
    if (event === 'exit' && isCalledBy(/[\\/]jest-cli[\\/]/)) finish()
  }
  // Its worker processes hear no more of it (`exitProcess` of jest-worker).
  const removed = (event: string | symbol): void => {
    if (event === 'message' && isCalledBy(/[\\/]jest-worker[\\/]/)) finish()
  }
  realProcess.on('newListener', added)
  realProcess.on('removeListener', removed)
}

function isCalledBy(caller: RegExp): boolean {
  return caller.test(new Error().stack ?? '')
}
