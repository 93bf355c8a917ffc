import type { Library } from './library.ts'

interface Connection {
  _ending?: boolean
  stream?: { destroyed?: boolean }
}

export const library: Library = {
  majors: { 'pg-cursor': [2, 2] },
  engines: {
    'pg-cursor.Cursor': {
      files: ['pg-cursor/index.js'],
      class: 'Cursor',
      isLease: true,
      start: 'new',
      stops: ['close'],
      stopCall: 'await cursor.close()',
      // It ends with its last row, and with its connection.
      isOpen: ({ state, connection }) => {
        const { _ending, stream } = (connection as Connection | null | undefined) ?? {}
        return state !== 'done' && state !== 'error' && _ending !== true && stream?.destroyed !== true
      },
    },
  },
}
