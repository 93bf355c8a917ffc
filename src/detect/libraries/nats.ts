import type { Library } from './library.ts'

export const library: Library = {
  majors: { nats: [2, 2] },
  engines: {
    'nats.NatsConnection': {
      files: ['nats/lib/nats-base-client/nats.js'],
      class: 'NatsConnectionImpl',
      factories: ['nats/lib/src/connect.js#connect'],
      start: 'connect',
      stops: ['close', 'drain'],
      stopCall: 'await connection.drain()',
      forcedCall: 'await connection.close()',
    },
  },
}
