import type { Lease, Library } from './library.ts'

const lock: Omit<Lease, 'name' | 'ask'> = {
  take: 'acquire',
  inside: ['runExclusive'],
  returned: { by: ['release'], lease: null },
  stop: 'release',
  stopCall: 'release()',
}

export const library: Library = {
  majors: { 'async-mutex': [0, 0] },
  engines: {
    'async-mutex.Mutex': {
      files: ['async-mutex/lib/Mutex.js', 'async-mutex/index.mjs'],
      class: 'Mutex',
      isLender: true,
      start: '',
      stops: [],
      stopCall: '',
      lease: {
        ...lock,
        name: 'async-mutex.MutexLock',
        ask: { promise: null },
        isFull: ({ _semaphore }) => isTaken(_semaphore),
      },
    },
    'async-mutex.Semaphore': {
      files: ['async-mutex/lib/Semaphore.js', 'async-mutex/index.mjs'],
      class: 'Semaphore',
      isLender: true,
      start: '',
      stops: [],
      stopCall: '',
      lease: {
        ...lock,
        name: 'async-mutex.SemaphoreLock',
        ask: { promise: null, item: 1 },
        releasers: '_newReleaser',
        isFull: isTaken,
      },
    },
  },
}

function isTaken(semaphore: unknown): boolean {
  return ((semaphore as { _value?: number } | undefined)?._value ?? 1) <= 0
}
