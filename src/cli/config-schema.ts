import { settingTable } from '../settings/settings.ts'
import { defaultOf, keyOf, settingNotes } from './setting-notes.ts'

/** The JSON Schema of `leakwatch.config.json`. Editors complete and check the file with it. The build writes it to `dist/`. */
export function configSchema(): object {
  const settings = Object.entries(settingTable).map(([name, { default: standard }]) => {
    const { meaning, schema } = settingNotes[name as keyof typeof settingNotes]
    const value = defaultOf(standard)
    return [keyOf(name), { description: meaning, ...(value === null ? {} : { default: value }), ...schema }]
  })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'leakwatch.config.json',
    description: 'Settings of leakwatch. Environment variables beat them.',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      extends: {
        type: 'string',
        minLength: 1,
        description: "Another file to start from: a path relative to this one, or a package's.",
      },
      ...Object.fromEntries(settings),
    },
    additionalProperties: false,
    allowComments: true,
    allowTrailingCommas: true,
  }
}
