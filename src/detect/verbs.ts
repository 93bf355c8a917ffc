/** The method names by which an engine of the program's own code is recognised. */
export const startVerbs: readonly string[] = [
  'start',
  'listen',
  'open',
  'connect',
  'launch',
  'run',
  'boot',
  'bootstrap',
  'init',
  'initialize',
  'subscribe',
  'watch',
]

export const stopVerbs: readonly string[] = [
  'stop',
  'close',
  'shutdown',
  'disconnect',
  'destroy',
  'dispose',
  'terminate',
  'end',
  'quit',
  'unsubscribe',
  'unwatch',
  'teardown',
  'halt',
  'kill',
]
