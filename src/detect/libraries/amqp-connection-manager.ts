import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { 'amqp-connection-manager': [4, 5] },
  engines: {
    'amqp-connection-manager.AmqpConnectionManager': {
      files: ['cjs', 'esm'].map((kind) => `amqp-connection-manager/dist/${kind}/AmqpConnectionManager.js`),
      class: 'AmqpConnectionManager',
      start: 'new',
      stops: ['close'],
      work: ['connect', '_connect'],
      stopCall: 'await connection.close()',
      isOpen: ({ _closed }) => _closed !== true,
      detail: (manager) => factsOf(manager, ['reconnectTimeInSeconds']),
    },
  },
}
