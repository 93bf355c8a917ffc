import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { 'node-schedule': [2, 2] },
  engines: {
    'node-schedule.Job': {
      files: ['node-schedule/lib/Job.js'],
      class: 'Job',
      start: 'schedule',
      // A method of each instance: what it leaves tells.
      stops: ['cancel'],
      stopCall: 'job.cancel()',
      isOpen: ({ pendingInvocations }) => !Array.isArray(pendingInvocations) || pendingInvocations.length > 0,
      detail: (job) => factsOf(job, ['name']),
    },
  },
}
