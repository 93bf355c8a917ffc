import { stopOnEveryPath } from './stop-on-every-path.ts'
import type { Example, Words } from './words.ts'

const everyPath: Example = {
  title: 'Give it back on every path: `finally`',
  before: `const client = await pool.connect()
const { rows } = await client.query(order) // throws: no release
client.release()
return rows`,
  after: `const client = await pool.connect()
try {
  const { rows } = await client.query(order)
  return rows
} finally {
  client.release()
}`,
}

export const words: Words = {
  message: ({ name, callers, lent }) =>
    `${name}: ${callers}, and ${lent === null ? 'all that it has is busy with its own calls' : `${lent} out`}`,
  fix: (phrases) => {
    if (phrases.lent !== null) return stopOnEveryPath(phrases)
    return `Find what keeps it busy, and raise its limit if that is right${phrases.startedAt}: \`${phrases.name}\`.`
  },
  resolved: (name) => `${name}: nobody has waited for long any more`,
  explanation: {
    summary: 'Callers wait for something that a pool lends, and all that it has is out.',
    meaning:
      'Reported in live processes: a caller has waited for over 10 s, or for half of the time after which the pool turns it ' +
      'away. Requests hang or fail from here on. The finding lists what is out: where it was taken, how many, and since when; ' +
      'what has been out for longer than usual comes first.',
    causes: [
      'One path of several (an error, an early return) does not give back what it took.',
      'What was taken is kept while something else is awaited: a second client, a slow request, a user.',
    ],
    fixes: [
      'Give it back in a `finally`, or declare it with `using` where the library allows that.',
      'Take it late and keep it briefly: not across calls to others.',
    ],
    examples: [everyPath],
  },
}
