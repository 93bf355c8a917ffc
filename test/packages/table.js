/**
 * The packages whose tarballs ship their tests. `needs`: those of its devDependencies that the tests import. `skip`: files
 * that are left out, and why. `leaks`: every `leak` reported, in which test files, and why it is right; `sometimes`: not in
 * every run.
 */

const unready =
  'a program that exits before its transport is ready: pino waits a moment and leaves the worker to the exit'
const keepAlive =
  'the worker of thread-stream keeps itself alive with an interval that it never clears: it ends by `process.exit`'

export const packages = [
  {
    name: 'avvio',
    version: '9.3.1',
    tests: /\.test\.js$/,
    needs: [],
    skip: {
      'test/plugin-timeout-await.test.js': 'three plugins within 10 ms: fails one time in three, bare too',
    },
  },
  {
    name: 'close-with-grace',
    version: '2.5.0',
    tests: /\.test\.js$/,
    needs: ['tape'],
    leaks: [
      {
        files: /^test\/close\.test/,
        finding: /^orphan setInterval at test\//,
        why: 'the programs under test keep themselves alive with an interval, and are ended',
      },
    ],
  },
  {
    name: 'thread-stream',
    version: '4.2.1',
    tests: /\.test\.m?js$/,
    needs: ['desm', 'fastbench', 'sonic-boom'],
    flags: ['--expose-gc'],
    skip: {
      'test/esm.test.mjs': 'needs what its `transpile` script makes, and waits for ever without it',
      'test/pkg/pkg.test.js': 'builds an executable',
      'test/transpiled.test.js': 'needs what its `transpile` script makes',
      'test/ts-node-fallback.test.js': 'needs ts-node',
    },
    leaks: [{ files: /./, finding: /^orphan setInterval at lib\/worker\.js/, why: keepAlive }],
  },
  {
    name: 'sonic-boom',
    version: '5.0.2',
    tests: /\.test\.js$/,
    needs: ['@sinonjs/fake-timers', 'proxyquire'],
    skip: { 'test/write.test.js': 'one of its tests never ends, with an `--import` or without' },
  },
  {
    name: 'light-my-request',
    version: '6.8.1',
    tests: /\.test\.js$/,
    needs: [
      '@fastify/ajv-compiler',
      'end-of-stream',
      'express',
      'form-auto-content',
      'form-data',
      'formdata-node',
      'multer',
      'undici',
    ],
  },
  { name: '@fastify/websocket', version: '11.3.6', tests: /\.test\.js$/, needs: ['fastify', 'split2'] },
  {
    name: '@fastify/static',
    version: '10.1.11',
    tests: /\.test\.js$/,
    needs: ['@fastify/compress', 'concat-stream', 'fastify', 'pino', 'proxyquire'],
    leaks: [
      {
        files: /^test\/static\.test/,
        finding: /^never-stopped fastify\.FastifyInstance at test\/static\.test\.js:(1994|2015)$/,
        why: 'two tests listen, unref the server, and never close it',
      },
    ],
  },
  {
    name: 'pino-http',
    version: '11.0.0',
    tests: /^test\/test\.js$/,
    needs: ['@matteo.collina/tspl', 'http-ndjson', 'pino-http-print', 'pino-pretty', 'split2', 'autocannon'],
    leaks: [
      {
        files: /./,
        finding: /^never-stopped http\.Server at test\/test\.js:\d+$/,
        why: "tests that fail before they close the server, which is unref'd; bare too",
        sometimes: true,
      },
    ],
  },
  {
    name: 'pino',
    version: '10.4.0',
    tests: /\.test\.js$/,
    needs: [
      '@matteo.collina/tspl',
      'bole',
      'bunyan',
      'debug',
      'execa',
      'flush-write-stream',
      'import-fresh',
      'log',
      'loglevel',
      'pino-pretty',
      'proxyquire',
      'pump',
      'rimraf',
      'semver',
      'split2',
      'strip-ansi',
      'tape',
      'through2',
      'winston',
    ],
    skip: {
      'test/transport/big.test.js': 'writes a gigabyte',
      'test/transport/bundlers-support.test.js': 'builds bundles',
      'test/jest/basic.spec.js': 'for jest',
    },
    leaks: [
      {
        files: /./,
        finding: /^never-stopped worker_threads\.Worker at lib\/transport\.js/,
        why: unready,
        sometimes: true,
      },
    ],
  },
  {
    name: 'fastify',
    version: '5.12.8',
    // A part: all of them take half an hour.
    tests:
      /^test\/(?!build\/)[^/]*(?:close|hook|listen|async|client|connection|decorator|timeout|als|inject|logger|plugin|promises|register|reply|route|server|stream|upgrade|web-api)[^/]*\.test\.js$/,
    needs: [
      'ajv',
      'ajv-errors',
      'ajv-formats',
      'ajv-i18n',
      'ajv-merge-patch',
      'fast-json-body',
      'fastify-plugin',
      'fluent-json-schema',
      'h2url',
      'http-errors',
      'joi',
      'JSONStream',
      'node-forge',
      'proxyquire',
      'split2',
      'undici',
      'vary',
      'yup',
    ],
    leaks: [
      {
        files: /^test\/(close|route-shorthand)\.test/,
        finding: /^never-stopped undici\.Client at test\/(close|route-shorthand)\.test\.js:\d+$/,
        why: 'these tests make a client, and never close it',
        // Where the server has closed its end already, it holds nothing.
        sometimes: true,
      },
    ],
  },
]
