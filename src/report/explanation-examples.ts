/** Leaks in code, before and after. Each is short enough to be read at 2 a.m., and would run. */
import type { Verdict } from './report.ts'

export interface Example {
  title: string
  before: string
  after: string
}

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

const timeLimit: Example = {
  title: 'Give a stop a time limit: `once` with a `signal`',
  before: `async stop() {
  this.server.close()
  await once(this.server, 'close') // a client stays connected
}`,
  after: `async stop() {
  this.server.close()
  this.server.closeIdleConnections()
  try {
    const signal = AbortSignal.timeout(5000)
    await once(this.server, 'close', { signal })
  } catch {
    this.server.closeAllConnections()
  }
}`,
}

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

const endWithItsCause: Example = {
  title: 'Stop it when what it was started for ends',
  before: `server.on('connection', (socket) => {
  const feed = new Feed(socket)
  feed.start()
  socket.on('end', () => feed.stop()) // not after an error
})`,
  after: `server.on('connection', (socket) => {
  const feed = new Feed(socket)
  feed.start()
  socket.on('close', () => feed.stop()) // after an error too
})`,
}

const ownTimer: Example = {
  title: 'Clear it when the process is told to end: `once(process, signal)`',
  before: `setInterval(refreshPrices, 60_000)`,
  after: `import { once } from 'node:events'

const interval = setInterval(refreshPrices, 60_000)
await once(process, 'SIGTERM')
clearInterval(interval)`,
}

export const examples: Readonly<Record<Verdict, readonly Example[]>> = {
  'never-stopped': [everyPath, disposal, shutdown],
  'stop-incomplete': [undoAll],
  'stop-pending': [timeLimit],
  'start-failed': [undoOnFailure, moveOut],
  restarted: [startOnce],
  abandoned: [keepIt],
  overdue: [limitedWork],
  growing: [endWithItsCause],
  orphan: [ownTimer],
}
