import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { 'hot-shots': [10, 17] },
  engines: {
    'hot-shots.StatsD': {
      files: ['hot-shots/lib/statsd.js'],
      class: 'Client',
      start: 'new',
      stops: ['close'],
      stopCall: 'client.close()',
      detail: (client) => factsOf(client, ['protocol', 'host', 'port', 'path']),
    },
  },
}
