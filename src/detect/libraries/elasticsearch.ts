import type { Library } from './library.ts'

export const library: Library = {
  majors: { '@elastic/elasticsearch': [8, 9] },
  engines: {
    '@elastic/elasticsearch.Client': {
      files: [
        '@elastic/elasticsearch/lib/client.js',
        '@elastic/elasticsearch/lib/Client.js',
        '@elastic/elasticsearch/esm/client.js',
      ],
      class: 'Client',
      start: 'new',
      stops: ['close'],
      stopCall: 'await client.close()',
      lingersMs: 3000,
      detail: ({ connectionPool }) => {
        const { connections } = connectionPool as { connections?: readonly { url?: unknown }[] }
        const url = connections?.[0]?.url
        return url instanceof URL ? { node: url.origin } : {}
      },
    },
  },
}
