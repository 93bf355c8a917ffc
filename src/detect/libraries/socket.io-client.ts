import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { 'socket.io-client': [4, 4] },
  engines: {
    'socket.io-client.Manager': {
      files: ['cjs', 'esm', 'esm-debug'].map((form) => `socket.io-client/build/${form}/manager.js`),
      class: 'Manager',
      start: 'new',
      stops: ['_close'],
      work: ['open', 'reconnect'],
      restarts: ['open'],
      stopCall: 'socket.disconnect()',
      isOpen: ({ _readyState, _reconnecting }) => _readyState !== 'closed' || _reconnecting === true,
      lingersMs: 3000,
      detail: (manager) => factsOf(manager, ['uri']),
    },
  },
}
