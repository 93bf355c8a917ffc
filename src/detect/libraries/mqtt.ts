import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { mqtt: [5, 5] },
  engines: {
    'mqtt.MqttClient': {
      files: ['mqtt/build/lib/client.js'],
      class: 'MqttClient',
      start: 'new',
      stops: ['end'],
      work: ['connect', 'reconnect', '_reconnect'],
      restarts: ['connect', 'reconnect'],
      stopCall: 'await client.endAsync()',
      forcedCall: 'await client.endAsync(true)',
      isUnanswered: ({ connected }) => connected !== true,
      isOpen: ({ disconnected }) => disconnected !== true,
      detail: ({ options }) => factsOf(options, ['protocol', 'host', 'hostname', 'port', 'clientId']),
    },
  },
}
