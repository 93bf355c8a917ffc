import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { bottleneck: [2, 2] },
  engines: {
    'bottleneck.Bottleneck': {
      files: ['bottleneck/lib/Bottleneck.js'],
      class: 'Bottleneck',
      start: 'new',
      stops: ['disconnect', 'stop'],
      stopCall: 'await limiter.disconnect()',
      isIdle: ({ _store }) => (_store as { heartbeat?: unknown }).heartbeat === undefined,
      detail: (limiter) => factsOf(limiter, ['id', 'datastore']),
    },
  },
}
