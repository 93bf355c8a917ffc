import type { Library } from './library.ts'

export const library: Library = {
  majors: { piscina: [4, 5] },
  engines: {
    'piscina.Piscina': {
      files: ['piscina/dist/index.js', 'piscina/dist/src/index.js'],
      class: 'Piscina',
      start: 'new',
      stops: ['close', 'destroy'],
      work: ['run'],
      stopCall: 'await pool.close()',
      forcedCall: 'await pool.destroy()',
    },
  },
}
