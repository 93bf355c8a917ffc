/** Jest has no event for the end of its work in a process or thread. What it does then tells. */

type Remove = (event: string, listener: (message: unknown) => void) => unknown

/** Calls `done` once. */
export function whenJestIsDone(realProcess: NodeJS.Process, done: () => void): void {
  const { parentPort } = realProcess.getBuiltinModule('node:worker_threads')
  if (parentPort !== null) whenPortStopsListening(parentPort, done)
  const finish = (): void => {
    realProcess.removeListener('newListener', added)
    realProcess.removeListener('removeListener', removed)
    done()
  }
  // In the main process Jest sets the exit code at the end (`readResultsAndExit` of jest-cli).
  const added = (event: string | symbol): void => {
    if (event === 'exit' && isCalledBy(/[\\/]jest-cli[\\/]/)) finish()
  }
  // Its worker processes stop listening to it (`exitProcess` of jest-worker).
  const removed = (event: string | symbol): void => {
    if (event === 'message' && isCalledBy(/[\\/]jest-worker[\\/]/)) finish()
  }
  realProcess.on('newListener', added)
  realProcess.on('removeListener', removed)
}

/** Worker threads of Jest stop listening to a port, which has no event for that. */
function whenPortStopsListening(port: { removeListener: Remove }, done: () => void): void {
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
