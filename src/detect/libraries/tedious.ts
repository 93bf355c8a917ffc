import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { tedious: [18, 19] },
  engines: {
    'tedious.Connection': {
      files: ['tedious/lib/connection.js'],
      class: 'Connection',
      start: 'connect',
      stops: ['close'],
      stopCall: 'connection.close()',
      isOpen: ({ closed }) => closed !== true,
      detail: ({ config }) => {
        const { server, options } = config as { server?: unknown; options?: unknown }
        return { ...factsOf({ server }, ['server']), ...factsOf(options, ['port', 'database']) }
      },
    },
  },
}
