import type { Library, LibraryEngine } from './library.ts'

/** Each service has a package with a client. */
function client(service: string, name: string): [string, LibraryEngine] {
  const folder = `@aws-sdk/client-${service}`
  return [
    `${folder}.${name}`,
    {
      files: ['dist-cjs/index.js', `dist-cjs/${name}.js`, `dist-es/${name}.js`].map(
        (file) => `${folder}/${file}`,
      ),
      class: name,
      start: 'new',
      stops: ['destroy'],
      work: ['send'],
      stopCall: 'client.destroy()',
    },
  ]
}

export const library: Library = {
  majors: { '@aws-sdk/client-s3': [3, 3], '@aws-sdk/client-sqs': [3, 3] },
  engines: Object.fromEntries([client('s3', 'S3Client'), client('sqs', 'SQSClient')]),
}
