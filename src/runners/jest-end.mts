/** Jest says to nobody that it has no more to do in a process or thread: it is seen by what it does then. */

type Remove = (event: string, listener: (message: unknown) => void) => unknown

/** Calls back once. */
export function whenJestIsDone(realProcess: NodeJS.Process, done: () => void): void {
  const { parentPort } = realProcess.getBuiltinModule('node:worker_threads')
  if (parentPort !== null) whenDeaf(parentPort, done)
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

/** Its worker threads do the same at a port, which has no event for that. */
function whenDeaf(port: { removeListener: Remove }, done: () => void): void {
  const { removeListener } = port
  port.removeListener = function (event, listener) {
    const result = removeListener.call(this, event, listener)
    if (event === 'message' && isCalledBy(/[\\/]jest-worker[\\/]/)) {
      port.removeListener = removeListener
      done()
    }
    return result
  }
}

function isCalledBy(caller: RegExp): boolean {
  return caller.test(new Error().stack ?? '')
}
