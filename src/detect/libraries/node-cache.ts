import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'node-cache': [5, 5] },
  engines: {
    'node-cache.NodeCache': {
      files: ['node-cache/lib/node_cache.js'],
      class: 'NodeCache',
      start: 'new',
      stops: ['close'],
      stopCall: 'cache.close()',
    },
  },
}
