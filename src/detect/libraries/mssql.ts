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
    'mssql.Transaction': {
      files: ['mssql/lib/base/transaction.js'],
      class: 'Transaction',
      isLease: true,
      lender: ({ parent }) => parent,
      start: 'begin',
      stops: ['commit', 'rollback'],
      stopCall: 'await transaction.commit()` or `await transaction.rollback()',
      // The server may roll it back.
      isOpen: ({ _acquiredConnection }) => (_acquiredConnection ?? null) !== null,
    },
  },
}
