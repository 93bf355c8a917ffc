import { factsOf, type Library, lengthOf, limitIn } from './library.ts'

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
      lease: {
        name: 'mysql.PoolConnection',
        take: 'getConnection',
        inside: ['query'],
        ask: { callback: 0, lease: 1 },
        returned: { by: ['releaseConnection'], lease: 0 },
        stop: 'release',
        stopCall: 'connection.release()',
        isOut: ({ _pool }) => _pool !== null,
        isFull: ({ _freeConnections, _allConnections, config }) =>
          lengthOf(_freeConnections) === 0 &&
          lengthOf(_allConnections) >= (limitIn(config, 'connectionLimit') ?? Number.POSITIVE_INFINITY),
      },
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
