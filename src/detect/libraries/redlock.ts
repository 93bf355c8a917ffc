import type { Library } from './library.ts'

export const library: Library = {
  majors: { redlock: [5, 5] },
  engines: {
    'redlock.Redlock': {
      files: ['redlock/dist/esm/index.js', 'redlock/dist/cjs/index.js'],
      class: 'Redlock',
      isLender: true,
      start: '',
      stops: [],
      stopCall: '',
      lease: {
        name: 'redlock.Lock',
        take: 'acquire',
        inside: ['using'],
        ask: { promise: null },
        returned: { by: ['release'], lease: 0 },
        stop: 'release',
        stopCall: 'await lock.release()',
        // It ends by itself.
        isOut: ({ expiration }) => typeof expiration !== 'number' || expiration > Date.now(),
      },
    },
  },
}
