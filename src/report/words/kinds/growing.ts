import { stopOnEveryPath } from './stop-on-every-path.ts'
import type { Example, Words } from './words.ts'

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

export const words: Words = {
  message: ({ name, count, isOne, oldest, isLease }) =>
    isLease
      ? `${count} ${name} ${isOne ? 'is' : 'are'} out now, taken up to ${oldest} ago, and more at each check`
      : `${count} ${name} ${isOne ? 'runs' : 'run'} now, started up to ${oldest} ago, and more at each check`,
  fix: stopOnEveryPath,
  explanation: {
    summary: 'The number running from one place keeps rising from check to check.',
    meaning:
      'Told in live processes, after a rise in at least three checks in a row. Each may look harmless; together they ' +
      'run out of connections, descriptors or memory.',
    causes: [
      'Each request, message or reconnect starts one, and not every one is stopped.',
      'They are kept in a map or an array from which nothing is removed.',
    ],
    fixes: [
      'Stop each when what it was started for ends, on every path: the request, the connection, the subscription.',
      'Share one among all, or take them from a pool with a limit.',
    ],
    examples: [endWithItsCause],
  },
}
