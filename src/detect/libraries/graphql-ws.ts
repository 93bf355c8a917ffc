import type { Library } from './library.ts'

const forms = ['lib/client.js', 'lib/client.mjs', 'dist/client.js', 'dist/client.cjs']

export const library: Library = {
  majors: { 'graphql-ws': [5, 6] },
  engines: {
    'graphql-ws.Client': {
      files: [],
      class: '',
      factories: forms.map((form) => `graphql-ws/${form}#createClient`),
      start: 'createClient',
      stops: ['dispose', 'terminate'],
      work: ['subscribe'],
      stopCall: 'await client.dispose()',
      forcedCall: 'client.terminate()',
    },
  },
}
