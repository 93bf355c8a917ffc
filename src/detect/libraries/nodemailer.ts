import { factsOf, type Library } from './library.ts'

export const library: Library = {
  majors: { nodemailer: [6, 10] },
  engines: {
    'nodemailer.SMTPPool': {
      files: ['lib', 'dist/cjs', 'dist/esm'].map((form) => `nodemailer/${form}/smtp-pool/index.js`),
      class: 'SMTPPool',
      start: 'new',
      stops: ['close'],
      work: ['send', '_processMessages', 'verify'],
      stopCall: 'transporter.close()',
      detail: ({ options }) => factsOf(options, ['host', 'port', 'maxConnections']),
    },
  },
}
