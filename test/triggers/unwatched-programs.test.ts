import { expect, it } from 'vitest'
import { isUnwatched } from '../../src/triggers/unwatched-programs.ts'

it.each([
  '/usr/lib/node_modules/npm/bin/npm-cli.js',
  '/usr/lib/node_modules/npm/bin/npx-cli.js',
  '/usr/lib/node_modules/pnpm/bin/pnpm.cjs',
  '/shop/.yarn/releases/yarn-4.9.2.cjs',
  '/usr/lib/node_modules/corepack/dist/pnpm.js',
  '/shop/node_modules/typescript/bin/tsc',
  '/shop/node_modules/leakwatch/bin/leakwatch.js',
])('%s is not watched', (main) => {
  expect(isUnwatched(main)).toBe(true)
})

it.each([
  undefined,
  '/shop/app.js',
  '/shop/npm/server.js',
  '/shop/node_modules/mocha/bin/mocha.js',
  '/shop/bin/leakwatch-demo.js',
])('%s is', (main) => {
  expect(isUnwatched(main)).toBe(false)
})
