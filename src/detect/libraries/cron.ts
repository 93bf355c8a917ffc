import type { Library } from './library.ts'

export const library: Library = {
  majors: { cron: [3, 4] },
  engines: {
    'cron.CronJob': {
      files: ['cron/dist/job.js'],
      class: 'CronJob',
      start: 'start',
      stops: ['stop'],
      stopCall: 'job.stop()',
      isOpen: ({ _isActive }) => _isActive !== false,
      detail: ({ cronTime }) => {
        const source = (cronTime as { source?: unknown } | undefined)?.source
        return typeof source === 'string' ? { pattern: source } : {}
      },
    },
  },
}
