import type { Example, Words } from './words.ts'

const undoOnFailure: Example = {
  title: 'A start that fails undoes what it opened: `try`/`catch`',
  before: `async start() {
  this.socket = connect(this.port)
  await this.login() // refused: the socket stays open
}`,
  after: `async start() {
  this.socket = connect(this.port)
  try {
    await this.login()
  } catch (error) {
    await this.stop()
    throw error
  }
}`,
}

const moveOut: Example = {
  title: 'The same for many steps: `AsyncDisposableStack` and `move()` (Node 24)',
  before: `async start() {
  this.database = await openDatabase()
  this.queue = await openQueue() // fails: the database stays open
}`,
  after: `async start() {
  await using opened = new AsyncDisposableStack()
  this.database = await openDatabase()
  opened.defer(() => this.database.close())
  this.queue = await openQueue()
  opened.defer(() => this.queue.close())
  this.opened = opened.move() // all stands: nothing is undone here
}
stop() {
  return this.opened.disposeAsync()
}`,
}

export const words: Words = {
  message: ({ who, isOne, oldest, left }) =>
    `${who}: ${isOne ? 'its' : 'their'} start threw ${oldest} ago and left ${left} behind`,
  fix: ({ startCall, stopCall, startedAt }) =>
    `Let ${startCall} undo what it opened before it throws: a \`try\`/\`catch\` that calls ${stopCall}${startedAt}.`,
  explanation: {
    summary: 'Its start threw or rejected, and left handles behind.',
    meaning:
      'The caller saw an error, and has nothing to stop; what the start had opened before it failed stays open. With a ' +
      'start that is tried again each attempt leaves its share.',
    causes: [
      'The start opens several things in turn, and a later one fails.',
      'A connection opens, and its handshake, login or first query is refused.',
    ],
    fixes: [
      'Let the start undo what it opened before it throws: keep it in an `AsyncDisposableStack`, and `move()` it out once all stands.',
    ],
    examples: [undoOnFailure, moveOut],
  },
}
