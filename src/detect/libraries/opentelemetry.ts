import type { Library } from './library.ts'

export const library: Library = {
  majors: {
    '@opentelemetry/sdk-node': [0, 0],
    '@opentelemetry/sdk-trace': [2, 2],
    '@opentelemetry/sdk-trace-base': [1, 2],
  },
  engines: {
    '@opentelemetry/sdk-node.NodeSDK': {
      files: ['@opentelemetry/sdk-node/build/src/sdk.js'],
      class: 'NodeSDK',
      start: 'start',
      stops: ['shutdown'],
      stopCall: 'await sdk.shutdown()',
    },
    'opentelemetry.Tracer': {
      files: [
        '@opentelemetry/sdk-trace/build/src/Tracer.js',
        '@opentelemetry/sdk-trace-base/build/src/Tracer.js',
      ],
      class: 'Tracer',
      isLender: true,
      start: '',
      stops: [],
      stopCall: '',
      lease: {
        name: 'opentelemetry.Span',
        take: 'startSpan',
        // `startActiveSpan`, and the API's tracer that stands for this one.
        depth: 4,
        inside: [],
        ask: { promise: null },
        returned: { by: [], lease: 0 },
        ends: ['end'],
        stop: 'end',
        stopCall: 'span.end()',
        // One that is not recorded has no end.
        isOut: ({ _ended }) => _ended === false,
      },
    },
  },
}
