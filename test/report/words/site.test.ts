import { expect, it } from 'vitest'
import { shortPath } from '../../../src/report/words/site.ts'

it.each([
  ['in the folder', '/app/src/a.ts', '/app', 'src/a.ts'],
  ['beside it, in the package', '/app/src/a.ts', '/app/dist', '../src/a.ts'],
  ['two folders up', '/app/src/a.ts', '/app/dist/server', '../../src/a.ts'],
  ['in another package of the repository', '/repo/packages/b/a.ts', '/repo/packages/a', '../b/a.ts'],
  ['in its dependencies', '/repo/node_modules/pg/a.js', '/repo/packages/a', '../../node_modules/pg/a.js'],
  ['elsewhere', '/elsewhere/a.js', '/shop', '/elsewhere/a.js'],
  ['far away', '/usr/lib/a.js', '/usr/local/share/shop/packages/a', '/usr/lib/a.js'],
  ['in no folder', '[eval]', '/shop', '[eval]'],
  ['seen from nowhere', '/shop/a.js', '', '/shop/a.js'],
  ['with a name that begins with dots', '/shop/..a.js', '/shop', '..a.js'],
])('a path %s', (_, file, cwd, shown) => {
  expect(shortPath(file, cwd)).toBe(shown)
})
