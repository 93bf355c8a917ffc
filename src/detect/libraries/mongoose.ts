import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { mongoose: [8, 9] },
  engines: {
    'mongoose.Connection': {
      files: ['mongoose/lib/connection.js'],
      class: 'Connection',
      start: 'openUri',
      stops: ['close', 'destroy'],
      stopCall: 'await mongoose.disconnect()',
      forcedCall: 'await mongoose.connection.close(true)',
      detail: (connection) => factsOf(connection, ['host', 'port', 'name', '_connectionString']),
    },
  },
}
