import { factsOf, type Library, lengthOf, limitIn } from './library.ts'

export const library: Library = {
  majors: { tarn: [3, 3] },
  engines: {
    'tarn.Pool': {
      files: ['tarn/dist/Pool.js'],
      class: 'Pool',
      start: 'new',
      stops: ['destroy'],
      work: ['_create', '_startReaping'],
      keeps: true,
      stopCall: 'await pool.destroy()',
      detail: (pool) => factsOf(pool, ['min', 'max']),
      lease: {
        name: 'tarn.Resource',
        take: 'acquire',
        inside: [],
        ask: { promise: 'promise' },
        returned: { by: ['release'], lease: 0 },
        stop: 'release',
        stopCall: 'pool.release(resource)',
        isFull: (pool) => lengthOf(pool.free) === 0 && lengthOf(pool.used) >= (limitIn(pool, 'max') ?? 1),
        limitMs: (pool) => limitIn(pool, 'acquireTimeoutMillis'),
      },
    },
  },
}
