import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { settingTable } from '../src/settings/settings.ts'

const node = process.env.NODE_UNDER_TEST ?? process.execPath
const index = fileURLToPath(new URL('../dist/index.mjs', import.meta.url))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

const names = [
  'LeakError',
  'allowLeak',
  'assertNoLeaks',
  'ignore',
  'lease',
  'on',
  'openEngine',
  'report',
  'reportSync',
  'snapshot',
  'track',
]

it.each(['on', 'off'])('exports the same names with LEAKWATCH=%s', (LEAKWATCH) => {
  const program = `import(${JSON.stringify(index)}).then((api) => console.log(JSON.stringify(Object.keys(api).sort())))`
  const out = execFileSync(node, ['-e', program], { encoding: 'utf8', env: { ...process.env, LEAKWATCH } })
  expect(JSON.parse(out)).toEqual(names)
})

it.each(names)('the README tells of %s', (name) => {
  expect(readme).toContain(name)
})

it.each(Object.values(settingTable).map(({ variable }) => variable))(
  'the README documents %s',
  (variable) => {
    expect(readme).toContain(`\`${variable}\``)
  },
)
