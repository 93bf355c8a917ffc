import type { Library } from './library.ts'

export const library: Library = {
  majors: { '@nestjs/core': [10, 12] },
  engines: {
    '@nestjs/core.NestApplication': {
      files: ['@nestjs/core/nest-application.js'],
      class: 'NestApplication',
      start: 'listen',
      // Its own hooks of signals call the other.
      stops: ['close', 'dispose'],
      stopCall: 'await app.close()',
    },
  },
}
