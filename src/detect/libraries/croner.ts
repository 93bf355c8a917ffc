import type { Library } from './library.ts'

export const library: Library = {
  majors: { croner: [9, 11] },
  engines: {
    'croner.Cron': {
      files: ['croner/dist/croner.js', 'croner/dist/croner.cjs'],
      class: 'Cron',
      methods: ['schedule', 'trigger', 'msToNext', 'stop'],
      start: 'new',
      stops: ['stop'],
      work: ['schedule'],
      stopCall: 'job.stop()',
      // A pattern that is only read has no timer.
      isIdle: ({ _states }) => (_states as { currentTimeout?: unknown }).currentTimeout === undefined,
    },
  },
}
