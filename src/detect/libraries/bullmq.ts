import { factsOf, type Library, type LibraryEngine } from './library.ts'

const queue: Omit<LibraryEngine, 'files' | 'class' | 'stopCall'> = {
  bases: [
    'bullmq/dist/cjs/classes/queue-base.js#QueueBase',
    'bullmq/dist/esm/classes/queue-base.js#QueueBase',
  ],
  start: 'new',
  stops: ['close'],
  work: ['createBackend'],
  lingersMs: 5000,
  detail: (each) => factsOf(each, ['name']),
}

const files = (name: string) => [`bullmq/dist/cjs/classes/${name}.js`, `bullmq/dist/esm/classes/${name}.js`]

export const library: Library = {
  majors: { bullmq: [5, 6] },
  engines: {
    'bullmq.Worker': {
      ...queue,
      files: files('worker'),
      class: 'Worker',
      work: ['createBackend', 'run'],
      stopCall: 'await worker.close()',
      forcedCall: 'await worker.close(true)',
      isUnanswered: ({ connection }) =>
        (connection as { status?: unknown } | undefined)?.status === 'initializing',
    },
    'bullmq.Queue': { ...queue, files: files('queue'), class: 'Queue', stopCall: 'await queue.close()' },
    'bullmq.QueueEvents': {
      ...queue,
      files: files('queue-events'),
      class: 'QueueEvents',
      work: ['createBackend', 'run'],
      stopCall: 'await queueEvents.close()',
    },
    'bullmq.FlowProducer': {
      start: 'new',
      stops: ['close'],
      lingersMs: 5000,
      files: files('flow-producer'),
      class: 'FlowProducer',
      stopCall: 'await flow.close()',
    },
  },
}
