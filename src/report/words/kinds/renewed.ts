import type { Example, Words } from './words.ts'

const retry: Example = {
  title: 'A stop ends the chain, whichever link it finds',
  before: `function connect() {
  const socket = net.connect(port)
  socket.on('error', () => setTimeout(connect, 1000)) // for ever
}
connect()`,
  after: `let timer = null
let socket = null

function connect() {
  socket = net.connect(port)
  socket.on('error', () => (timer = setTimeout(connect, 1000)))
}
function stop() {
  clearTimeout(timer)
  socket.removeAllListeners('error').on('error', () => {}).destroy()
}
connect()`,
}

export const words: Words = {
  message: ({ who, isOne, oldest }) =>
    `${who} ${isOne ? 'is' : 'are'} renewed again and again, for ${oldest} now, and ${isOne ? 'belongs' : 'belong'} to no engine`,
  fix: ({ stopCall, place }) =>
    `End what tries again${place === null ? '' : ` (begun at ${place})`}: close the client, or call ${stopCall} and make no other.`,
  explanation: {
    summary: 'A chain of short timers or sockets, each made by the one before.',
    meaning:
      'A retry, a reconnect or a poll: no timer of it is old, and the chain is. It has the age, the owner and the place of its first ' +
      'link, and keeps the process alive as an interval would. In a live report it is a warning.',
    causes: [
      'A client whose server is gone tries to reconnect, and nobody has closed the client.',
      'A poll that sets its next timer when it is done, and that has no stop.',
      'A schedule that sets a timer for each time it is due.',
    ],
    fixes: [
      'Close the client, or stop the job, when the program ends: that clears the timer which waits.',
      'Limit the number of retries, where nobody waits for the answer.',
      'Keep the timer, clear it in the stop, and have the callback look whether it was stopped.',
    ],
    examples: [retry],
  },
}
