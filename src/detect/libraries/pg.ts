import { factsOf, type Library, lengthOf, limitIn } from './library.ts'

const where = ['host', 'port', 'database'] as const

export const library: Library = {
  majors: { pg: [8, 8], 'pg-pool': [3, 3] },
  engines: {
    'pg.Pool': {
      files: ['pg-pool/index.js'],
      class: 'Pool',
      start: 'new',
      stops: ['end'],
      work: ['newClient'],
      stopCall: 'await pool.end()',
      isOpen: ({ ended }) => ended !== true,
      detail: ({ options }) => factsOf(options, [...where, 'max', 'connectionString']),
      lease: {
        name: 'pg.PoolClient',
        take: 'connect',
        inside: ['query'],
        ask: { queue: '_pendingQueue', handedTo: 'newClient', givenBy: '_acquireClient', lease: 0, ask: 1 },
        returned: { by: ['_release'], lease: 0 },
        stop: 'release',
        stopCall: 'client.release()',
        isFull: ({ _idle, _clients, options }) =>
          lengthOf(_idle) === 0 && lengthOf(_clients) >= (limitIn(options, 'max') ?? 0),
        limitMs: ({ options }) => limitIn(options, 'connectionTimeoutMillis'),
      },
    },
    'pg.Client': {
      files: ['pg/lib/client.js'],
      class: 'Client',
      start: 'connect',
      stops: ['end'],
      stopCall: 'await client.end()',
      isOpen: ({ _ended }) => _ended !== true,
      detail: (client) => factsOf(client, where),
    },
  },
}
