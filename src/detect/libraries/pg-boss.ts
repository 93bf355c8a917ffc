import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'pg-boss': [10, 10] },
  engines: {
    'pg-boss.PgBoss': {
      files: ['pg-boss/src/index.js', 'pg-boss/dist/index.js'],
      class: 'PgBoss',
      start: 'start',
      stops: ['stop'],
      work: ['work'],
      stopCall: 'await boss.stop()',
      forcedCall: 'await boss.stop({ graceful: false })',
    },
  },
}
