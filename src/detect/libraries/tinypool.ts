import type { Library } from './library.ts'

export const library: Library = {
  majors: { tinypool: [1, 2] },
  engines: {
    'tinypool.Tinypool': {
      files: ['tinypool/dist/index.js'],
      class: 'Tinypool',
      start: 'new',
      stops: ['destroy'],
      work: ['run'],
      stopCall: 'await pool.destroy()',
    },
  },
}
