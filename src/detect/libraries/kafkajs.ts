import type { Library, LibraryEngine } from './library.ts'

const member: Omit<LibraryEngine, 'stopCall'> = {
  files: [],
  class: '',
  start: 'connect',
  stops: ['disconnect'],
  lingersMs: 3000,
}

export const library: Library = {
  majors: { kafkajs: [2, 2] },
  engines: {
    'kafkajs.Producer': {
      ...member,
      factories: ['kafkajs/src/producer/index.js#module.exports'],
      stopCall: 'await producer.disconnect()',
    },
    'kafkajs.Consumer': {
      ...member,
      factories: ['kafkajs/src/consumer/index.js#module.exports'],
      work: ['run'],
      stopCall: 'await consumer.disconnect()',
    },
    'kafkajs.Admin': {
      ...member,
      factories: ['kafkajs/src/admin/index.js#module.exports'],
      stopCall: 'await admin.disconnect()',
    },
  },
}
