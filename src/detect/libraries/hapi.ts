import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { '@hapi/hapi': [21, 21] },
  engines: {
    '@hapi/hapi.Server': {
      files: ['@hapi/hapi/lib/server.js'],
      class: 'Server',
      start: 'start',
      stops: ['stop'],
      work: ['initialize'],
      stopCall: 'await server.stop()',
      forcedCall: 'await server.stop({ timeout: 1000 })',
      detail: ({ info }) => factsOf(info, ['protocol', 'host', 'port']),
    },
  },
}
