import type { Library } from './library.ts'

export const library: Library = {
  majors: { '@grpc/grpc-js': [1, 1] },
  engines: {
    '@grpc/grpc-js.Client': {
      files: ['@grpc/grpc-js/build/src/client.js'],
      class: 'Client',
      start: 'new',
      stops: ['close'],
      work: [
        'waitForReady',
        'makeUnaryRequest',
        'makeClientStreamRequest',
        'makeServerStreamRequest',
        'makeBidiStreamRequest',
      ],
      stopCall: 'client.close()',
    },
    '@grpc/grpc-js.Server': {
      files: ['@grpc/grpc-js/build/src/server.js'],
      class: 'Server',
      start: 'bindAsync',
      stops: ['tryShutdown', 'forceShutdown'],
      stopCall: 'server.tryShutdown(callback)',
      forcedCall: 'server.forceShutdown()',
    },
  },
}
