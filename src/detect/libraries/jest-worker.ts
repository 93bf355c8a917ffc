import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'jest-worker': [29, 30] },
  engines: {
    'jest-worker.Worker': {
      files: ['jest-worker/build/index.js'],
      class: 'Worker',
      start: 'new',
      stops: ['end'],
      stopCall: 'await worker.end()',
    },
  },
}
