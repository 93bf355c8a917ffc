import { factsOf, type Library, lengthOf, limitIn } from './library.ts'

export const library: Library = {
  majors: { 'generic-pool': [3, 3] },
  engines: {
    'generic-pool.Pool': {
      files: ['generic-pool/lib/Pool.js'],
      class: 'Pool',
      start: 'new',
      stops: ['drain', 'clear'],
      work: ['_createResource'],
      keeps: true,
      stopCall: 'await pool.drain(); await pool.clear()',
      detail: ({ _config }) => factsOf(_config, ['min', 'max']),
      lease: {
        name: 'generic-pool.Resource',
        take: 'acquire',
        inside: ['use'],
        ask: { promise: null },
        returned: { by: ['release', 'destroy'], lease: 0 },
        stop: 'release',
        stopCall: 'await pool.release(resource)',
        isFull: ({ _availableObjects, _allObjects, _config }) =>
          lengthOf(_availableObjects) === 0 &&
          (_allObjects as Map<unknown, unknown>).size >= (limitIn(_config, 'max') ?? 1),
        limitMs: ({ _config }) => limitIn(_config, 'acquireTimeoutMillis'),
      },
    },
  },
}
