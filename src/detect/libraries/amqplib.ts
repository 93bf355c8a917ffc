import type { Library } from './library.ts'

export const library: Library = {
  majors: { amqplib: [0, 2] },
  engines: {
    'amqplib.ChannelModel': {
      files: ['amqplib/lib/channel_model.js'],
      class: 'ChannelModel',
      factories: ['amqplib/channel_api.js#connect'],
      start: 'connect',
      stops: ['close'],
      work: ['createChannel', 'createConfirmChannel'],
      stopCall: 'await connection.close()',
    },
    'amqplib.Channel': {
      files: ['amqplib/lib/channel_model.js'],
      class: 'Channel',
      isLease: true,
      start: 'open',
      stops: ['close'],
      stopCall: 'await channel.close()',
    },
  },
}
