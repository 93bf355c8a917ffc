import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'proper-lockfile': [4, 4] },
  engines: {
    'proper-lockfile.Locks': {
      files: [],
      class: '',
      isLender: true,
      start: '',
      stops: [],
      stopCall: '',
      lease: {
        name: 'proper-lockfile.Lock',
        take: 'lock',
        takers: ['proper-lockfile/index.js#lock', 'proper-lockfile/index.js#lockSync'],
        inside: [],
        ask: { promise: null },
        releases: ['proper-lockfile/lib/adapter.js#toPromise', 'proper-lockfile/lib/adapter.js#toSync'],
        losers: [
          'proper-lockfile/index.js#unlock',
          'proper-lockfile/index.js#unlockSync',
          'proper-lockfile/lib/lockfile.js#setLockAsCompromised',
        ],
        returned: { by: [], lease: 0 },
        stop: 'release',
        stopCall: 'await release()',
      },
    },
  },
}
