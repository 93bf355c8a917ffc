import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'socket.io': [4, 4] },
  engines: {
    'socket.io.Server': {
      files: ['socket.io/dist/index.js'],
      class: 'Server',
      start: 'new',
      stops: ['close'],
      stopCall: 'await io.close()',
      lingersMs: 3000,
    },
  },
}
