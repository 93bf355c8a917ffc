import type { Library } from './library.ts'

export const library: Library = {
  majors: { workerpool: [9, 10] },
  engines: {
    'workerpool.Pool': {
      files: ['workerpool/src/Pool.js'],
      class: 'Pool',
      start: 'new',
      stops: ['terminate'],
      work: ['exec'],
      stopCall: 'await pool.terminate()',
      forcedCall: 'await pool.terminate(true)',
    },
  },
}
