import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { 'posthog-node': [4, 5] },
  engines: {
    'posthog-node.PostHog': {
      files: [
        'dist/entrypoints/index.node.js',
        'dist/entrypoints/index.node.mjs',
        'lib/index.cjs.js',
        'lib/index.esm.js',
      ].map((file) => `posthog-node/${file}`),
      class: 'PostHog',
      start: 'new',
      stops: ['shutdown'],
      work: ['capture', 'flush'],
      stopCall: 'await posthog.shutdown()',
      detail: (client) => factsOf(client, ['host']),
    },
  },
}
