import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { typeorm: [0, 1] },
  engines: {
    'typeorm.DataSource': {
      files: ['typeorm/data-source/DataSource.js', 'typeorm/browser/data-source/DataSource.js'],
      class: 'DataSource',
      start: 'initialize',
      stops: ['destroy', 'close'],
      stopCall: 'await dataSource.destroy()',
      lease: {
        name: 'typeorm.QueryRunner',
        take: 'createQueryRunner',
        inside: [],
        ask: { promise: null },
        returned: { by: [], lease: 0 },
        ends: ['release'],
        stop: 'release',
        stopCall: 'await queryRunner.release()',
        isOut: ({ isReleased }) => isReleased !== true,
      },
      detail: ({ options }) => factsOf(options, ['type', 'host', 'port', 'database']),
    },
  },
}
