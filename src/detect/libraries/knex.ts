import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { knex: [2, 3] },
  engines: {
    'knex.Knex': {
      files: ['knex/lib/client.js'],
      class: 'Client',
      start: 'new',
      stops: ['destroy'],
      work: ['acquireConnection', 'transaction'],
      stopCall: 'await knex.destroy()',
      isOpen: ({ pool }) => pool !== undefined,
      detail: ({ config, connectionSettings }) => ({
        ...factsOf(config, ['client']),
        ...factsOf(connectionSettings, ['host', 'port', 'database', 'filename']),
      }),
    },
    'knex.Transaction': {
      files: ['knex/lib/execution/transaction.js'],
      class: 'Transaction',
      isLease: true,
      takenBy: ['transaction'],
      start: 'new',
      stops: ['commit', 'rollback', 'release', 'rollbackTo'],
      stopCall: 'await trx.commit()` or `await trx.rollback()',
      isOpen: ({ _completed }) => _completed !== true,
    },
  },
}
