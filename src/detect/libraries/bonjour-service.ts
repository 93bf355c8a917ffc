import type { Library } from './library.ts'

export const library: Library = {
  majors: { 'bonjour-service': [1, 1] },
  engines: {
    'bonjour-service.Bonjour': {
      files: ['bonjour-service/dist/lib/bonjour.js'],
      bases: ['bonjour-service/dist/lib/bonjour.js#Bonjour'],
      class: 'Bonjour',
      start: 'new',
      stops: ['destroy'],
      stopCall: 'bonjour.destroy()',
    },
  },
}
