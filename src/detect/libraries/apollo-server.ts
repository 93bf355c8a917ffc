import type { Library } from './library.ts'

export const library: Library = {
  majors: { '@apollo/server': [4, 5] },
  engines: {
    '@apollo/server.ApolloServer': {
      files: ['@apollo/server/dist/esm/ApolloServer.js', '@apollo/server/dist/cjs/ApolloServer.js'],
      class: 'ApolloServer',
      servants: ['esm', 'cjs'].map(
        (form) => `@apollo/server/dist/${form}/standalone/index.js#startStandaloneServer`,
      ),
      start: 'start',
      stops: ['stop'],
      stopCall: 'await server.stop()',
    },
  },
}
