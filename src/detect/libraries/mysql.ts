import { factsOf, type Library } from './library.ts'

const where = ['host', 'port', 'socketPath', 'database'] as const

export const library: Library = {
  majors: { mysql: [2, 2] },
  engines: {
    'mysql.Pool': {
      files: ['mysql/lib/Pool.js'],
      class: 'Pool',
      start: 'new',
      stops: ['end'],
      work: ['getConnection', 'acquireConnection'],
      stopCall: 'pool.end(callback)',
      isOpen: ({ _closed }) => _closed !== true,
      detail: ({ config }) => factsOf((config as { connectionConfig?: unknown }).connectionConfig, where),
    },
    'mysql.Connection': {
      files: ['mysql/lib/Connection.js'],
      class: 'Connection',
      start: 'connect',
      stops: ['end', 'destroy'],
      stopCall: 'connection.end(callback)',
      forcedCall: 'connection.destroy()',
      isOpen: ({ state }) => state !== 'disconnected',
      detail: ({ config }) => factsOf(config, where),
    },
  },
}
