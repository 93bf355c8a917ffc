import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { 'node-cron': [4, 4] },
  engines: {
    'node-cron.ScheduledTask': {
      files: [
        'node-cron/dist/_shared.js',
        'node-cron/dist/_shared.cjs',
        'node-cron/dist/cjs/tasks/inline-scheduled-task.js',
        'node-cron/dist/esm/tasks/inline-scheduled-task.js',
      ],
      class: 'InlineScheduledTask',
      start: 'start',
      stops: ['destroy', 'stop'],
      stopCall: 'await task.destroy()',
      detail: (task) => factsOf(task, ['name', 'cronExpression']),
    },
  },
}
