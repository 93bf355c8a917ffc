import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { '@redis/client': [1, 6] },
  engines: {
    'redis.RedisClient': {
      files: ['@redis/client/dist/lib/client/index.js'],
      class: 'RedisClient',
      start: 'connect',
      stops: ['close', 'quit', 'disconnect', 'destroy', 'QUIT'],
      stopCall: 'await client.close()',
      forcedCall: 'client.destroy()',
      isUnanswered: ({ isReady }) => isReady === false,
      lingersMs: 3000,
      detail: ({ options }) => {
        const socket = (options as { socket?: unknown } | undefined)?.socket
        return {
          ...factsOf(options, ['url', 'name', 'database']),
          ...factsOf(socket, ['host', 'port', 'path']),
        }
      },
    },
  },
}
