import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { atOnce } from '../../../src/core/time/steps.ts'
import type { Output } from '../../../src/report/formats/format.ts'
import { formatNames, formatOf, processFormatNames } from '../../../src/report/formats/list.ts'
import type { Report } from '../../../src/report/schema/report.ts'
import { settingTable } from '../../../src/settings/settings.ts'
import { sampleEngine, sampleFinding, sampleHandle, sampleReport, sampleStop } from '../sample.ts'

const output: Output = { width: 80, isColoured: false, isDated: false, workspace: () => '/shop' }
/** A second on a machine of one's own: tests run beside others, and what they bound took minutes. */
const slowest = 3000
const files = readdirSync(fileURLToPath(new URL('../../../src/report/formats/', import.meta.url)))

describe.each(formatNames)('%s', (name) => {
  const { isDocument, rendering } = formatOf(name)

  it('has a file of its name', () => {
    expect(files).toContain(`${name}.ts`)
  })

  it('tells of a finding', () => {
    expect(atOnce(rendering([sampleReport()], output))).toMatch(/OrderEngine.*was started 3 min ago/)
  })

  it.each([
    ['of one word', 'x'.repeat(2_000_000)],
    ['of many', 'an engine '.repeat(200_000)],
    ['of characters that are escaped', '\u001b[2J<&"\n'.repeat(200_000)],
    ['of characters of two code units', '\u{1f98a}'.repeat(1_000_000)],
    ['of folders', 'folder/'.repeat(300_000)],
  ])('takes less than a second for names and texts of 2 MB, %s', (_, text) => {
    const report = largeReport(text)
    const from = performance.now()
    expect(atOnce(rendering([report], output)).length).toBeGreaterThan(1000)
    expect(performance.now() - from).toBeLessThan(slowest)
  })

  it(isDocument ? 'is one text, of any number of reports' : 'is a text for each report', () => {
    if (isDocument) expect(() => atOnce(rendering([], output))).not.toThrow()
    else expect(atOnce(rendering([], output))).toBe('')
  })
})

/** In each of the texts that people see first. */
function largeReport(text: string): Report {
  return sampleReport({
    findings: [sampleFinding({ message: text })],
    engines: [sampleEngine({ name: text })],
    handles: [sampleHandle('h1', text, { path: text })],
    shutdown: {
      startedAt: '2026-01-02T03:04:05.000Z',
      order: [sampleStop(text, 0, 10)],
      openAtEnd: { engines: ['e1'], handles: ['h1'] },
    },
  })
}

it('a process prints those that LEAKWATCH_FORMAT takes', () => {
  const { accepts } = settingTable.format
  const taken = ['auto', ...formatNames, 'none'].filter((name) => accepts.read(name) !== undefined)
  expect(taken).toEqual(['auto', ...processFormatNames, 'none'])
})
