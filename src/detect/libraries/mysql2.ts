import { factsOf, type Library, lengthOf, limitIn } from './library.ts'

const where = ['host', 'port', 'socketPath', 'database'] as const

export const library: Library = {
  majors: { mysql2: [3, 3] },
  engines: {
    'mysql2.Pool': {
      files: ['mysql2/lib/base/pool.js'],
      class: 'BasePool',
      start: 'new',
      stops: ['end'],
      work: ['getConnection'],
      stopCall: 'await pool.end()',
      isOpen: ({ _closed }) => _closed !== true,
      detail: ({ config }) => {
        const of = config as { connectionConfig?: unknown; connectionLimit?: unknown } | undefined
        return { ...factsOf(of?.connectionConfig, where), ...factsOf(of, ['connectionLimit']) }
      },
      lease: {
        name: 'mysql2.PoolConnection',
        take: 'getConnection',
        depth: 4,
        inside: ['query', 'execute'],
        ask: { callback: 0, lease: 1 },
        returned: { by: ['releaseConnection'], lease: 0 },
        stop: 'release',
        stopCall: 'connection.release()',
        isOut: ({ _pool }) => _pool !== null,
        isFull: ({ _freeConnections, _allConnections, config }) =>
          lengthOf(_freeConnections) === 0 &&
          lengthOf(_allConnections) >= (limitIn(config, 'connectionLimit') ?? 0),
      },
    },
    'mysql2.Connection': {
      files: ['mysql2/lib/base/connection.js'],
      class: 'BaseConnection',
      start: 'new',
      stops: ['end', 'close', 'destroy'],
      stopCall: 'await connection.end()',
      forcedCall: 'connection.destroy()',
      isOpen: ({ stream }) => (stream as { destroyed?: unknown } | undefined)?.destroyed !== true,
      detail: ({ config }) => factsOf(config, where),
    },
  },
}
