import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { ws: [8, 8] },
  engines: {
    'ws.WebSocketServer': {
      files: ['ws/lib/websocket-server.js'],
      class: 'WebSocketServer',
      start: 'new',
      stops: ['close'],
      stopCall: 'wss.close()',
      forcedCall: 'client.terminate()` for each of `wss.clients',
      isOpen: ({ _state }) => _state !== 2,
      detail: ({ options }) => factsOf(options, ['host', 'port', 'path']),
    },
  },
}
