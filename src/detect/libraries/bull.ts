import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { bull: [4, 4] },
  engines: {
    'bull.Queue': {
      files: ['bull/lib/queue.js'],
      class: 'Queue',
      start: 'new',
      stops: ['close'],
      work: ['process', 'run'],
      stopCall: 'await queue.close()',
      forcedCall: 'await queue.close(true)',
      isOpen: ({ closed }) => closed !== true,
      lingersMs: 5000,
      detail: (queue) => factsOf(queue, ['name']),
    },
  },
}
