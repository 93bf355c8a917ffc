import { describe, expect, it } from 'vitest'
import { atOnce } from '../../../src/core/time/steps.ts'
import { formattingJson } from '../../../src/report/formats/json.ts'
import { sampleFinding, sampleReport } from '../sample.ts'

const evil = 'a\u001b[2J\n\u007f\u009b\u2028\u202e"'

// biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/

describe('json', () => {
  it('is one line that reads back as the same report', () => {
    const report = sampleReport({ findings: [sampleFinding({ message: evil })] })
    const json = atOnce(formattingJson(report)).join('')
    expect(json.indexOf('\n')).toBe(json.length - 1)
    expect(JSON.parse(json)).toEqual(report)
    expect(json.trimEnd()).not.toMatch(controls)
  })
})
