import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { ioredis: [5, 6] },
  engines: {
    'ioredis.Redis': {
      files: ['ioredis/built/Redis.js'],
      class: 'Redis',
      start: 'new',
      stops: ['quit', 'disconnect'],
      work: ['connect'],
      restarts: ['connect'],
      // `disconnect(true)` connects anew.
      isStop: (verb, [reconnects]) => verb !== 'disconnect' || reconnects !== true,
      stopCall: 'await redis.quit()',
      forcedCall: 'redis.disconnect()',
      isUnanswered: ({ status }) => status !== 'ready',
      isOpen: ({ status }) => status !== 'end',
      lingersMs: 3000,
      detail: ({ options }) => factsOf(options, ['host', 'port', 'path', 'db']),
    },
  },
}
