import type { Library } from './library.ts'

export const library: Library = {
  majors: { mongodb: [6, 7] },
  engines: {
    'mongodb.MongoClient': {
      files: ['mongodb/lib/mongo_client.js'],
      class: 'MongoClient',
      start: 'connect',
      stops: ['close'],
      stopCall: 'await client.close()',
      lease: {
        name: 'mongodb.ClientSession',
        take: 'startSession',
        inside: [],
        ask: { promise: null },
        returned: { by: [], lease: 0 },
        ends: ['endSession'],
        stop: 'endSession',
        stopCall: 'await session.endSession()',
        isOut: ({ hasEnded }) => hasEnded !== true,
      },
    },
  },
}
