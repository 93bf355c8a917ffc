import type { Example, Words } from './words.ts'

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

export const words: Words = {
  message: ({ who, isOne, stopAge }) =>
    `${who}: ${isOne ? 'its' : 'their'} stop was called ${stopAge} ago and has not finished`,
  fix: ({ stopCall, forcedCall, startedAt, waitsFor, isCutOff }) => {
    if (isCutOff) return `Wait for ${stopCall} before the process exits.`
    if (waitsFor !== null) return `${stopCall} waits for ${waitsFor}${startedAt}.`
    const then = forcedCall === null ? 'and give it a time limit' : `or end it with ${forcedCall}`
    return `Find what ${stopCall} waits for, ${then}${startedAt}.`
  },
  resolved: (name) => `${name}: its stop has finished`,
  explanation: {
    summary: 'Its stop was called and has not finished.',
    meaning:
      'The stop waits for something that does not come; what it was to close is still open. A process that is being shut ' +
      'down hangs there until it is killed. In a live process it is told once the stop takes longer than ' +
      '`LEAKWATCH_STALL_MS`.',
    causes: [
      '`server.close()` waits for connections that clients keep open.',
      'The stop waits for work that waits for the stop, or for an event that was emitted before.',
      'A peer no longer answers, and there is no time limit.',
    ],
    fixes: [
      'Give each step of a stop a time limit, and end by force what has not ended by then.',
      'End idle connections first: `server.closeIdleConnections()`, later `server.closeAllConnections()`.',
    ],
    examples: [timeLimit],
  },
}
