import type { Library } from './library.ts'

export const library: Library = {
  majors: { chokidar: [3, 6] },
  engines: {
    'chokidar.FSWatcher': {
      files: ['chokidar/index.js', 'chokidar/esm/index.js'],
      class: 'FSWatcher',
      start: 'new',
      stops: ['close'],
      work: ['add'],
      stopCall: 'await watcher.close()',
      isOpen: ({ closed }) => closed !== true,
    },
  },
}
