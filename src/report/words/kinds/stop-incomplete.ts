import type { Example, Words } from './words.ts'

const undoAll: Example = {
  title: 'Note how to undo each step: `AsyncDisposableStack` (Node 24)',
  before: `async start() {
  this.timer = setInterval(() => this.poll(), 5000)
  this.socket = connect(this.port)
}
async stop() {
  this.socket.end() // the interval goes on
}`,
  after: `#opened = new AsyncDisposableStack()

async start() {
  const timer = setInterval(() => this.poll(), 5000)
  this.#opened.defer(() => clearInterval(timer))
  this.socket = connect(this.port)
  this.#opened.defer(() => this.socket.destroy())
}
async stop() {
  await this.#opened.disposeAsync() // last first, whatever throws
}`,
}

export const words: Words = {
  message: ({ who, isOne, age, stopAge, stopFailed, left, leftEngines, startedAgainBy }) => {
    if (startedAgainBy !== null)
      return `${who} ${isOne ? 'was' : 'were'} stopped, but a ${startedAgainBy} of ${isOne ? 'its' : 'their'} own started ${isOne ? 'it' : 'them'} again ${age} ago`
    if (stopFailed)
      return `${who}: ${isOne ? 'its' : 'their'} stop threw ${stopAge} ago and left ${left} behind`
    const stopped = `${who} ${isOne ? 'was' : 'were'} stopped ${stopAge} ago`
    if (leftEngines === null) return `${stopped}, but left ${left} behind`
    return `${stopped}, but ${leftEngines} not`
  },
  fix: ({
    name,
    stopCall,
    startCall,
    stopFailed,
    left,
    leftCalls,
    stopMethod,
    waitsFor,
    startedAgainBy,
    place,
  }) => {
    if (startedAgainBy !== null) {
      const remove = startedAgainBy === 'timer' ? 'clear the timer' : 'take off the listener'
      return `Let ${stopCall} also ${remove} that calls ${startCall} again${place === null ? '' : ` (${place})`}.`
    }
    if (stopFailed)
      return `Let ${stopCall} end the rest where a step of it throws, in a \`finally\`: ${left}.`
    if (waitsFor !== null) return `What ${stopCall} has closed waits for ${waitsFor}.`
    if (leftCalls !== null) return `Let ${stopMethod} also end ${leftCalls}.`
    return `Let ${stopCall} also end what ${name} started: ${left}.`
  },
  explanation: {
    summary: 'Its stop finished, but handles or engines that it had started are still there.',
    meaning:
      'Whoever called the stop did their part: the stop itself forgets something. The finding lists what is left, with ' +
      'the line where each was made.',
    causes: [
      'Something was added to `start()`, and nothing to `stop()`.',
      'A step of the stop threw, and the steps after it never ran.',
      'A timer or a listener that the stop has forgotten starts it again: a retry, a reconnect.',
      'A second handle overwrote the field of the first, or one was made after the stop had begun.',
    ],
    fixes: [
      'Note how to undo each thing where it is made, and let the stop undo all of it: an `AsyncDisposableStack` does that, whichever step throws.',
    ],
    examples: [undoAll],
  },
}
