import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'p-queue': [8, 9] },
  engines: {
    'p-queue.PQueue': {
      files: ['p-queue/dist/index.js'],
      class: 'PQueue',
      start: 'new',
      stops: ['pause'],
      work: ['add', 'addAll', 'start'],
      restarts: ['start'],
      stopCall: 'queue.pause()',
      isIdle: ({ size, pending, isPaused }) => isPaused === true || (size === 0 && pending === 0),
    },
  },
}
