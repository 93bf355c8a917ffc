import type { Library } from './library.ts'

export const library: Library = {
  majors: { '@nestjs/core': [10, 12] },
  engines: {
    '@nestjs/core.NestApplication': {
      files: ['@nestjs/core/nest-application.js'],
      class: 'NestApplication',
      start: 'listen',
      stops: ['close'],
      stopCall: 'await app.close()',
    },
  },
}
