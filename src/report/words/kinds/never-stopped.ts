import { stopOnEveryPath } from './stop-on-every-path.ts'
import type { Example, Words } from './words.ts'

const everyPath: Example = {
  title: 'Stop it on every path: `finally`',
  before: `const engine = new QueryEngine(port)
await engine.start()
const answer = await engine.query(order) // throws: no stop
await engine.stop()
return answer`,
  after: `const engine = new QueryEngine(port)
try {
  await engine.start()
  return await engine.query(order)
} finally {
  await engine.stop()
}`,
}

const disposal: Example = {
  title: 'The same by declaration: `await using` (Node 24, TypeScript 5.2)',
  before: `const engine = new QueryEngine(port)
await engine.start()
return await engine.query(order)`,
  after: `class QueryEngine {
  // start(), query(), stop() ...
  [Symbol.asyncDispose]() {
    return this.stop()
  }
}

await using engine = new QueryEngine(port)
await engine.start()
return await engine.query(order) // stopped when the block ends`,
}

const shutdown: Example = {
  title: 'What lives as long as the process: `once(process, signal)`',
  before: `process.once('SIGTERM', () => server.close()) // and the poller?
await poller.start()
server.listen(8080)`,
  after: `import { once } from 'node:events'

await poller.start()
server.listen(8080)
await once(process, 'SIGTERM')
server.close()
await poller.stop()`,
}

export const words: Words = {
  message: ({ who, isOne, age, isFinal, isLease }) => {
    if (isLease && !isFinal) return `${who} ${isOne ? 'has' : 'have'} been out for ${age}`
    if (isLease) return `${who} ${isOne ? 'was' : 'were'} taken ${age} ago and not given back`
    if (!isFinal) return `${who} ${isOne ? 'has' : 'have'} been running for ${age}`
    return `${who} ${isOne ? 'was' : 'were'} started ${age} ago and never stopped`
  },
  fix: stopOnEveryPath,
  explanation: {
    summary: 'It was started, and its stop was never called.',
    meaning:
      'At the end of a program (exit, a shutdown that stalls, a test that asserts) whatever was started should have been ' +
      'stopped. Until then its timers, sockets and servers live on: they hold memory and connections, and may keep the ' +
      'process from exiting. In a report of a live process it is a warning: it still runs, which may be meant.',
    causes: [
      'An error, a timeout or an early return between start and stop skips the stop.',
      'A request or a job starts one each time, and only its usual path stops it.',
      'The shutdown handler stops the server, and not what was started beside it.',
    ],
    fixes: [
      'Stop it in a `finally`, or declare it with `await using`: both run on every path.',
      'Let what lives as long as the process be stopped by the one handler that ends the process.',
      'Is it meant to stay? Say so: `ignore(engine, reason)`, or a rule with a `reason` in the config file.',
    ],
    examples: [everyPath, disposal, shutdown],
  },
}
