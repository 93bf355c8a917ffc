import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { postgres: [3, 3] },
  engines: {
    'postgres.Sql': {
      files: [],
      class: '',
      factories: ['postgres/src/index.js#Postgres', 'postgres/cjs/src/index.js#Postgres'],
      parts: {
        'postgres/src/connection.js#Connection': ['connect'],
        'postgres/cjs/src/connection.js#Connection': ['connect'],
      },
      start: 'postgres',
      stops: ['end'],
      stopCall: 'await sql.end()',
      forcedCall: 'await sql.end({ timeout: 0 })',
      lease: {
        name: 'postgres.ReservedSql',
        take: 'reserve',
        inside: [],
        ask: { promise: null, item: 'release' },
        releases: ['postgres/src/index.js#sql.release', 'postgres/cjs/src/index.js#sql.release'],
        returned: { by: [], lease: 0 },
        stop: 'release',
        stopCall: 'reserved.release()',
      },
      detail: ({ options }) => {
        const { host, port } = options as { host?: unknown[]; port?: unknown[] }
        return factsOf({ ...(options as object), host: host?.[0], port: port?.[0] }, [
          'host',
          'port',
          'database',
        ])
      },
    },
  },
}
