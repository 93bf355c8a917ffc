import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { ssh2: [1, 1] },
  engines: {
    'ssh2.Client': {
      files: ['ssh2/lib/client.js'],
      class: 'Client',
      start: 'connect',
      stops: ['end', 'destroy'],
      stopCall: 'client.end()',
      // Before it is ready, `end` lets go of nothing.
      forcedCall: 'client.destroy()',
      isOpen: ({ _sock }) => (_sock as { destroyed?: unknown } | undefined)?.destroyed !== true,
      detail: ({ config }) => factsOf(config, ['host', 'port', 'username']),
    },
  },
}
