import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { kindNames } from '../../../src/judge/kinds/list.ts'
import { formatSarif } from '../../../src/report/formats/sarif.ts'
import type { Report } from '../../../src/report/schema/report.ts'
import { sampleFinding, sampleReport } from '../sample.ts'
import { clean, merged, rich } from './ci-reports.ts'

const require = createRequire(import.meta.url)
// Of draft 4, as the schema is.
const Ajv = require('ajv-draft-04') as typeof import('ajv').default
const addFormats = require('ajv-formats') as typeof import('ajv-formats').default

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
addFormats(ajv)
const sarifSchema = require.resolve('@microsoft/jest-sarif').replace(/(jest-sarif).*/, '$1')
const validSarif = ajv.compile(
  JSON.parse(readFileSync(`${sarifSchema}/lib/schemas/sarif-2.1.0-rtm.5.json`, 'utf8')),
)

describe('sarif', () => {
  const sarif = (...reports: Report[]) => {
    const text = formatSarif(reports, '/shop')
    const log = JSON.parse(text)
    validSarif(log)
    expect(validSarif.errors ?? []).toEqual([])
    return log.runs[0]
  }

  it.each([
    ['findings of all sorts', [rich]],
    ['none', [clean]],
    ['a merged report', [merged]],
    ['several', [rich, clean, merged]],
  ])('is valid: %s', (_, reports) => {
    sarif(...reports)
  })

  it('has a rule for each kind, and each result is of one', () => {
    const { tool, results } = sarif(rich)
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(kindNames)
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId)
    expect(results.map(({ level }: { level: string }) => level)).toEqual([
      'error',
      'error',
      'error',
      'warning',
    ])
  })

  it('has the place in the checkout, where others were stopped, and the id as its fingerprint', () => {
    expect(sarif(sampleReport()).results[0]).toMatchObject({
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'src/order.ts', uriBaseId: '%SRCROOT%' },
            region: { startLine: 41, startColumn: 3 },
          },
        },
      ],
      relatedLocations: [{ physicalLocation: { region: { startLine: 52 } } }],
      partialFingerprints: { 'leakwatchId/v1': 'abcdef012345' },
    })
  })

  it('each result has a place, as GitHub refuses the whole file for one without', () => {
    const { results } = sarif(rich)
    expect(results[1].locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'src/app.js' },
      region: { startLine: 1 },
    })
  })

  it('a bug of several processes is one result', () => {
    const { results } = sarif(merged, sampleReport())
    expect(results).toHaveLength(1)
    expect(results[0].properties.processes).toEqual(['app.js (pid 123)', 'app.js (pid 124, thread 2)'])
  })

  it('takes the kinds of a newer leakwatch', () => {
    const { tool, results } = sarif(
      sampleReport({ findings: [sampleFinding({ kind: 'newer' as 'orphan' })] }),
    )
    expect(tool.driver.rules[results[0].ruleIndex]).toEqual({ id: 'newer' })
  })
})
