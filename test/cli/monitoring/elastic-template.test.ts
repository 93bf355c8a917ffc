import { describe, expect, it } from 'vitest'
import { elasticTemplate } from '../../../src/cli/monitoring/elastic-template.ts'
import { formatNdjson } from '../../../src/report/formats/ndjson.ts'
import { sampleFinding, sampleReport } from '../../report/sample.ts'

interface Field {
  type?: string
  properties?: Record<string, Field>
}

const { template } = JSON.parse(elasticTemplate()) as {
  template: { mappings: { dynamic: boolean; properties: Record<string, Field> } }
}

const test = { file: '/shop/a.test.ts', name: 'a', hook: null }
const resolved = {
  id: '1',
  kind: 'growing',
  name: 'OrderEngine',
  message: 'over',
  foundAt: '2026-01-02T03:04:05.678Z',
} as const
const lines = [
  sampleReport({ findings: [sampleFinding({ test })] }),
  sampleReport({
    trigger: 'check',
    findings: [],
    resolved: [{ ...resolved, site: { file: '/shop/a.ts', line: 1, column: 1 } }],
  }),
]
  .flatMap((report) => formatNdjson(report).trimEnd().split('\n'))
  .map((line) => JSON.parse(line) as Record<string, unknown>)

/** Whether Elasticsearch takes this value for this field: a list is of values of its type. */
function fits(value: unknown, field: Field): boolean {
  if (value === null) return true
  if (Array.isArray(value)) return value.every((each) => fits(each, field))
  if (field.properties !== undefined) {
    const known = Object.entries(value as object)
    return typeof value === 'object' && known.every(([key, each]) => fitsOwn(each, field.properties?.[key]))
  }
  if (field.type === 'date') return typeof value === 'string' && !Number.isNaN(Date.parse(value))
  if (field.type === 'long') return Number.isInteger(value)
  return typeof value === (field.type === 'boolean' ? 'boolean' : 'string')
}

function fitsOwn(value: unknown, field: Field | undefined): boolean {
  return field !== undefined && fits(value, field)
}

describe('the index template', () => {
  const { properties, dynamic } = template.mappings

  it('takes every line of the logs', () => {
    expect(lines.map(({ event }) => event)).toEqual([
      'leakwatch.finding',
      'leakwatch.summary',
      'leakwatch.resolved',
    ])
    const refused = lines.flatMap((line) =>
      Object.entries(line).filter(
        ([key, value]) => key in properties && !fits(value, properties[key] as Field),
      ),
    )
    expect(refused).toEqual([])
  })

  it('has every field, but for what is only kept', () => {
    const unread = ['handles', 'self', 'leases']
    const missing = lines.flatMap(Object.keys).filter((key) => !(key in properties) && !unread.includes(key))
    expect(missing).toEqual([])
    // Of other types in one line than in another: a mapping would refuse the second.
    expect(dynamic).toBe(false)
  })
})
