import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { mssql: [10, 12] },
  engines: {
    'mssql.ConnectionPool': {
      files: ['mssql/lib/base/connection-pool.js'],
      class: 'ConnectionPool',
      start: 'connect',
      stops: ['close'],
      stopCall: 'await pool.close()',
      detail: ({ config }) => factsOf(config, ['server', 'port', 'database']),
    },
  },
}
