import { describe, expect, it } from 'vitest'
import { chooseFormat, isColoured } from '../../../src/report/output/choose-format.ts'

describe('auto', () => {
  it.each([
    ['auto', true, false, 'text'],
    ['auto', false, true, 'text'],
    ['auto', false, false, 'ndjson'],
    ['json', true, true, 'json'],
    ['none', true, true, 'none'],
  ] as const)('%s, terminal %s, CI %s: %s', (setting, isTerminal, isCi, format) => {
    expect(chooseFormat(setting, isTerminal, isCi)).toBe(format)
  })

  it.each([
    ['auto', true, true],
    ['auto', false, false],
    ['always', false, true],
    ['never', true, false],
  ] as const)('colour %s, terminal %s: %s', (setting, isTerminal, coloured) => {
    expect(isColoured(setting, isTerminal)).toBe(coloured)
  })
})
