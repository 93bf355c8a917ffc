import type { Library } from './library.ts'

export const library: Library = {
  majors: { fastify: [4, 5] },
  engines: {
    'fastify.FastifyInstance': {
      files: [],
      class: '',
      factories: ['fastify/fastify.js#fastify'],
      start: 'listen',
      stops: ['close'],
      stopCall: 'await app.close()',
    },
  },
}
