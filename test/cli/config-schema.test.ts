import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configSchema } from '../../src/cli/config-schema.ts'
import { configText } from '../../src/cli/init.ts'
import { defaultOf, keyOf } from '../../src/cli/setting-notes.ts'
import { readSettings, settingTable } from '../../src/settings/settings.ts'

const require = createRequire(import.meta.url)
const Ajv = require('ajv') as typeof import('ajv').default
const validate = new Ajv({ strict: false }).compile(configSchema())
const { properties } = configSchema() as { properties: Record<string, object> }

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'config-schema-')))
  mkdirSync(join(folder, '.git'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What leakwatch itself says of a config file. */
function complaintsOf(text: string): string[] {
  writeFileSync(join(folder, 'leakwatch.config.json'), text)
  return readSettings({}, folder).complaints
}

/** Of files whose comments stand on lines of their own. */
function withoutComments(text: string): unknown {
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, ''))
}

describe('the schema of the config file', () => {
  it('has each setting with its default, and what is no setting', () => {
    expect(Object.keys(properties)).toEqual(['$schema', 'extends', ...Object.keys(settingTable).map(keyOf)])
    for (const [name, { default: standard }] of Object.entries(settingTable)) {
      const value = defaultOf(standard)
      const { default: said } = properties[keyOf(name)] as { default?: unknown }
      expect(said, name).toEqual(value === null ? undefined : value)
      if (value !== null) expect(validate({ [keyOf(name)]: value }), name).toBe(true)
    }
  })

  const rule = { engine: 'A', reason: 'why' }
  const values = [
    ...[
      'on',
      'off',
      'auto',
      'text',
      'json',
      'ndjson',
      'none',
      'all',
      'xml',
      '',
      'SIGUSR2',
      'SIGKILL',
      'SIGHUP',
    ],
    ...[true, false, 0, 1, 0.5, 100, 101, -1, 2_147_483_647, 2_147_483_648, 'reports/', [], {}, [1]],
    ...[
      [rule],
      [rule, { reason: 'why' }],
      [{ engine: 'A' }],
      [{ ...rule, reason: ' ' }],
      [{ ...rule, egine: 'A' }],
    ],
  ]

  it.each(Object.keys(settingTable))('takes for %s what leakwatch takes', (name) => {
    const { accepts } = settingTable[name as keyof typeof settingTable]
    for (const value of values) {
      const isTaken = accepts.read(value) !== undefined
      expect(validate({ [keyOf(name)]: value }), JSON.stringify(value)).toBe(isTaken)
    }
  })

  it('takes no key of another name', () => {
    expect(validate({ graceMS: 1 })).toBe(false)
    expect(complaintsOf('{ "graceMS": 1 }')).toEqual([expect.stringMatching(/^LEAKWATCH_KEY_UNKNOWN/)])
  })

  it("takes the README's sample", () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const samples = [...readme.matchAll(/^```jsonc\n(.*?)^```/gms)].map(([, text]) => text as string)
    expect(samples.length).toBeGreaterThan(0)
    for (const text of samples) {
      expect(validate(withoutComments(text)), text).toBe(true)
      expect(complaintsOf(text)).toEqual([])
    }
  })

  it('takes what `init` writes, which changes nothing, whatever of it is commented in', () => {
    const text = configText(folder)
    // A default of a process (`fail`) is not always one of `run`.
    expect(Object.keys(withoutComments(text) as object)).toEqual(['$schema'])
    const all = text.replace(/^(\s*)\/\/ (?=["{])/gm, '$1')
    const plain = readSettings({}, folder).settings
    for (const each of [text, all]) {
      expect(validate(withoutComments(each)), each).toBe(true)
      expect(complaintsOf(each)).toEqual([])
    }
    complaintsOf(text)
    expect({ ...readSettings({}, folder).settings, configFile: null }).toEqual(plain)
    expect(Object.keys(withoutComments(all) as object).sort()).toEqual(
      ['$schema', ...Object.keys(settingTable).map(keyOf)].sort(),
    )
  })

  it('is in the package, as the build wrote it', () => {
    expect(require('../../dist/config-schema.json')).toEqual(JSON.parse(JSON.stringify(configSchema())))
    expect(require.resolve('leakwatch/config-schema.json')).toMatch(/dist\/config-schema\.json$/)
  })
})
