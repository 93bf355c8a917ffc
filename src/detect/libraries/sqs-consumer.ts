import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { 'sqs-consumer': [11, 14] },
  engines: {
    'sqs-consumer.Consumer': {
      files: ['cjs', 'esm'].map((form) => `sqs-consumer/dist/${form}/consumer.js`),
      class: 'Consumer',
      start: 'start',
      stops: ['stop'],
      stopCall: 'consumer.stop()',
      forcedCall: 'consumer.stop({ abort: true })',
      isOpen: ({ stopped }) => stopped !== true,
      detail: (consumer) => factsOf(consumer, ['queueUrl']),
    },
  },
}
