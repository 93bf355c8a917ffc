import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'toad-scheduler': [2, 4] },
  engines: {
    'toad-scheduler.ToadScheduler': {
      files: ['toad-scheduler/dist/lib/toadScheduler.js'],
      class: 'ToadScheduler',
      start: 'new',
      stops: ['stop'],
      work: ['addSimpleIntervalJob', 'addLongIntervalJob', 'addIntervalJob', 'addCronJob'],
      stopCall: 'scheduler.stop()',
    },
  },
}
