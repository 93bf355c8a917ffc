import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { prometheusRules, rules } from '../../../src/cli/monitoring/prometheus-rules.ts'
import { families } from '../../../src/metrics/families.ts'
import { hasPromtool, needsPromtool, promtool } from './promtool.ts'

const metrics = families.map(({ name }) => `leakwatch_${name}`)

it.each([...rules])('$alert asks for metrics that there are', ({ expr }) => {
  const asked = [...expr.matchAll(/leakwatch_\w+/g)].map(([name]) => name)
  expect(asked.filter((name) => !metrics.includes(name))).toEqual([])
})

describe(`promtool${needsPromtool}`, () => {
  const text = prometheusRules()

  it.skipIf(!hasPromtool)('finds no fault with the rules', () => {
    const { code, said } = promtool(['check', 'rules', 'rules.yml'], { 'rules.yml': text })
    expect(said).toContain(`SUCCESS: ${rules.length} rules found`)
    expect(code).toBe(0)
  })

  it.skipIf(!hasPromtool)('sees each alert fire for what it is about, and for nothing else', () => {
    const tests = readFileSync(new URL('prometheus-rules.tests.yml', import.meta.url), 'utf8')
    const { code, said } = promtool(['test', 'rules', 'tests.yml'], { 'rules.yml': text, 'tests.yml': tests })
    expect(said).toContain('SUCCESS')
    expect(code).toBe(0)
    expect(rules.filter(({ alert }) => !tests.includes(`alertname: ${alert}\n`))).toEqual([])
  })
})
