import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'neo4j-driver-core': [5, 6] },
  engines: {
    'neo4j-driver.Driver': {
      files: ['neo4j-driver-core/lib/driver.js'],
      class: 'Driver',
      isLender: true,
      start: '',
      stops: [],
      stopCall: '',
      lease: {
        name: 'neo4j-driver.Session',
        take: 'session',
        inside: [],
        ask: { promise: null },
        returned: { by: [], lease: 0 },
        ends: ['close'],
        stop: 'close',
        stopCall: 'await session.close()',
        isOut: ({ _open }) => _open !== false,
      },
    },
  },
}
