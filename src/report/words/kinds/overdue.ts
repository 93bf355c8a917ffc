import { stopOnEveryPath } from './stop-on-every-path.ts'
import type { Example, Words } from './words.ts'

const limitedWork: Example = {
  title: 'Limit the time, and stop it on every path',
  before: `const session = await sessions.open(user)
const answer = await session.ask(question) // never answered
await session.close()`,
  after: `const session = await sessions.open(user)
try {
  const signal = AbortSignal.timeout(10_000)
  return await session.ask(question, { signal })
} finally {
  await session.close()
}`,
}

export const words: Words = {
  message: ({ who, isOne, age, isLease }) =>
    `${who} ${isOne ? 'has' : 'have'} been ${isLease ? 'out' : 'running'} for ${age}, over 10 times as long as others ${isLease ? 'taken' : 'started'} here`,
  fix: stopOnEveryPath,
  explanation: {
    summary: 'It runs far longer than others that were started at the same place.',
    meaning:
      'Told in live processes: its siblings were stopped long ago, and it has run over 10 times as long as all but the ' +
      'slowest hundredth of them, and over 10 s. It is most likely on the path that forgets the stop, and will be told as ' +
      'never stopped when the process ends.',
    causes: [
      'One path of several (an error, a timeout, a client that went away) skips the stop.',
      'What it waits for never comes, and there is no time limit.',
    ],
    fixes: [
      'The finding names where the others were stopped: make this path lead there too, by a `finally`.',
      'Give the work a time limit: `AbortSignal.timeout(ms)`.',
    ],
    examples: [limitedWork],
  },
}
