import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { sequelize: [6, 6] },
  engines: {
    'sequelize.Sequelize': {
      files: ['sequelize/lib/sequelize.js'],
      class: 'Sequelize',
      start: 'new',
      stops: ['close'],
      work: ['query', 'authenticate', 'transaction'],
      stopCall: 'await sequelize.close()',
      detail: ({ config }) => factsOf(config, ['host', 'port', 'database']),
    },
    'sequelize.Transaction': {
      files: ['sequelize/lib/transaction.js'],
      class: 'Transaction',
      isLease: true,
      takenBy: ['transaction'],
      start: 'new',
      stops: ['commit', 'rollback'],
      stopCall: 'await transaction.commit()` or `await transaction.rollback()',
      isOpen: ({ finished }) => finished === undefined,
    },
  },
}
