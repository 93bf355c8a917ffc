import { factsOf, type Library, limitIn } from './library.ts'

const where = ['host', 'port', 'socketPath', 'database'] as const

/** All of it, for CommonJS. */
const shortened = ['mariadb/dist/promise.cjs', 'mariadb/dist/callback.cjs']

export const library: Library = {
  majors: { mariadb: [3, 3] },
  engines: {
    'mariadb.Pool': {
      files: ['mariadb/lib/pool.js', ...shortened],
      class: 'Pool',
      methods: ['_initiateConnectionCreation', 'getConnection'],
      start: 'new',
      stops: ['end'],
      work: ['initialize'],
      stopCall: 'await pool.end()',
      isOpen: ({ closed }) => closed !== true,
      detail: ({ opts }) => factsOf((opts as { connOptions?: unknown } | undefined)?.connOptions, where),
      lease: {
        name: 'mariadb.PoolConnection',
        take: 'getConnection',
        depth: 4,
        inside: [],
        ask: { callback: 1, lease: 1 },
        returned: { by: ['release'], lease: 0 },
        stop: 'release',
        stopCall: 'await connection.release()',
        limitMs: ({ opts }) => limitIn(opts, 'acquireTimeout'),
      },
    },
    'mariadb.Connection': {
      files: ['mariadb/lib/connection.js', ...shortened],
      class: 'Connection',
      methods: ['executeBatchChunk', 'connect'],
      start: 'connect',
      stops: ['end', 'destroy'],
      stopCall: 'await connection.end()',
      forcedCall: 'connection.destroy()',
      detail: ({ opts }) => factsOf(opts, where),
    },
  },
}
