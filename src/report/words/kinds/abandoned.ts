import { stopOnEveryPath } from './stop-on-every-path.ts'
import type { Example, Words } from './words.ts'

const keepIt: Example = {
  title: 'Keep it where the stop can reach it',
  before: `function watchOrders() {
  new Poller(orders).start() // nobody has it
}`,
  after: `async function watchOrders(signal) {
  const poller = new Poller(orders)
  try {
    poller.start()
    await once(signal, 'abort')
  } finally {
    poller.stop()
  }
}`,
}

export const words: Words = {
  message: ({ who, isOne }) =>
    `${who} ${isOne ? 'was' : 'were'} garbage-collected while running: nothing can stop ${isOne ? 'it' : 'them'} any more`,
  // Where its like were stopped, a path has missed that.
  fix: (phrases) =>
    phrases.asElsewhere === ''
      ? `Keep a reference to ${phrases.isOne ? 'it' : 'each'} and call ${phrases.stopCall}${phrases.orUsing}${phrases.startedAt}.`
      : stopOnEveryPath(phrases),
  resolved: (name) => `${name}: what was held after it was garbage-collected is gone`,
  explanation: {
    summary: 'It was garbage-collected while running: nothing can stop it any more.',
    meaning:
      'No reference to the object is left, while what it opened lives on. Nobody can call its stop until the process ends.',
    causes: [
      'It was started without being kept: `new Poller().start()`.',
      'The object that kept it was dropped, or the field was overwritten by the next one.',
    ],
    fixes: ['Keep a reference where the stop can reach it, and stop it before the reference goes.'],
    examples: [keepIt],
  },
}
