import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { families } from '../../src/metrics/families.ts'

const readme = readFileSync(new URL('../../src/metrics/README.md', import.meta.url), 'utf8')
const rows = readme.split('\n').filter((line) => line.startsWith('| `'))

describe.each([...families])('$name', ({ name, dotted, type, unit }) => {
  it('is described in the README beside it', () => {
    const described = rows.filter((row) => row.includes(`\`${name}\``))
    expect(described).toHaveLength(1)
    if (dotted !== null) expect(described[0]).toContain(`\`${dotted}\``)
  })

  it('is named by the conventions of Prometheus', () => {
    expect(name).toMatch(/^[a-z]+(?:_[a-z]+)*$/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
    expect(/_seconds(?:_total)?$/.test(name)).toBe(unit === 's')
  })
})

it('the README describes no others', () => {
  const names = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  )
  expect(names.sort()).toEqual(families.map(({ name }) => name).sort())
})
