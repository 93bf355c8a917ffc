import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { publicTypes } from './public-types.ts'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  exports: Record<string, string | { types?: string }>
}

/** `leakwatch/jest`, and the file of its declarations in `dist`. */
const entries = Object.fromEntries(
  Object.entries(exports).flatMap(([path, value]) => {
    const types = typeof value === 'string' ? undefined : value.types
    return types === undefined ? [] : [[`leakwatch${path.slice(1)}`, types.replace('./dist/', '')]]
  }),
)

it('the public types are those of `public-types.md`', async () => {
  const text = `# The public types

What each entry of the package exports, and every type that this leads to. \`npm run types:write\` writes this file.

${publicTypes(dist, entries)}`
  const message =
    'the public types have changed: if that is meant, run `npm run types:write` and tell users in CHANGELOG.md'
  await expect(text, message).toMatchFileSnapshot('./public-types.md')
})
