import type { Library } from './library.ts'

export const library: Library = {
  majors: { agentkeepalive: [4, 4] },
  engines: {
    'agentkeepalive.Agent': {
      files: ['agentkeepalive/lib/agent.js'],
      class: 'Agent',
      start: 'new',
      stops: ['destroy'],
      stopCall: 'agent.destroy()',
      isIdle: ({ sockets, freeSockets }) => isEmpty(sockets) && isEmpty(freeSockets),
    },
  },
}

function isEmpty(sockets: unknown): boolean {
  return Object.keys(sockets as object).length === 0
}
