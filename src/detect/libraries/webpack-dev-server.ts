import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'webpack-dev-server': [5, 5] },
  engines: {
    'webpack-dev-server.Server': {
      files: ['webpack-dev-server/lib/Server.js', 'webpack-dev-server/dist/Server.js'],
      class: 'Server',
      start: 'start',
      stops: ['stop'],
      stopCall: 'await server.stop()',
    },
  },
}
