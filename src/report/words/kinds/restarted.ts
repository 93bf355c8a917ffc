import type { Example, Words } from './words.ts'

const startOnce: Example = {
  title: 'Stop before starting again',
  before: `start() {
  this.timer = setInterval(() => this.poll(), 5000)
}
reconnect() {
  this.start() // the first interval goes on, and nobody has it
}`,
  after: `start() {
  this.stop()
  this.timer = setInterval(() => this.poll(), 5000)
}
stop() {
  clearInterval(this.timer)
}`,
}

export const words: Words = {
  message: ({ who, isOne }) =>
    `${who} ${isOne ? 'was' : 'were'} started again while running; what the earlier start opened is still there`,
  fix: ({ startCall, stopCall, startedAt }) =>
    `Call ${stopCall} before ${startCall} is called again, or let a second ${startCall} return early${startedAt}.`,
  explanation: {
    summary: 'It was started again while running, and what the first start opened is still there.',
    meaning:
      'The second start overwrote the fields that the first had set, so that a stop ends only what came last. A second ' +
      'start that opens nothing is no fault.',
    causes: [
      'A reconnect calls `start()` without `stop()`.',
      'Two callers start the same object, each taking care of its own.',
    ],
    fixes: [
      'Stop before starting again, or let a start that finds itself running return what the first one returned.',
    ],
    examples: [startOnce],
  },
}
