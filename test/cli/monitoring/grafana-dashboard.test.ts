import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { grafanaDashboard } from '../../../src/cli/monitoring/grafana-dashboard.ts'
import { families } from '../../../src/metrics/families.ts'
import { hasPromtool, needsPromtool, promtool } from './promtool.ts'

interface Panel {
  id: number
  title: string
  type: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets: { refId: string; expr: string }[]
  options: object
  fieldConfig: { defaults: { custom: object } }
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const text = grafanaDashboard()
const { panels, templating } = JSON.parse(text) as {
  panels: Panel[]
  templating: { list: { name: string; query: string | { query: string } }[] }
}
const metrics = families.map(({ name }) => `leakwatch_${name}`)
const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

/** The types of a panel's options and of its fields', in Grafana's package. */
const optionsOf: Record<string, { file: string; fields?: string }> = {
  stat: { file: 'stat/panelcfg/x/StatPanelCfg_types.gen' },
  table: { file: 'table/panelcfg/x/TablePanelCfg_types.gen' },
  timeseries: { file: 'timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen', fields: 'FieldConfig' },
}

/** What the compiler says of the JSON, by the types that Grafana publishes. Of an enum, JSON has the value. */
function checked(): string {
  const folder = mkdtempSync(join(root, 'node_modules', '.cache', 'dashboard-'))
  try {
    const parts = panels.flatMap(({ id, type, options, fieldConfig }) => {
      const { file, fields } = optionsOf[type] as { file: string; fields?: string }
      const from = `import('@grafana/schema/dist/esm/raw/composable/${file}')`
      return [
        `export const options${id}: Plain<${from}.Options> = ${JSON.stringify(options)}`,
        ...(fields === undefined
          ? []
          : [
              `export const fields${id}: Plain<${from}.${fields}> = ${JSON.stringify(fieldConfig.defaults.custom)}`,
            ]),
      ]
    })
    const source = `import type { Dashboard } from '@grafana/schema'
type Plain<T> = T extends string ? \`\${T}\` : T extends number ? number : T extends object ? { [K in keyof T]: Plain<T[K]> } : T
export const dashboard: Plain<Dashboard> = ${text}
${parts.join('\n')}
`
    writeFileSync(join(folder, 'dashboard.mts'), source)
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--skipLibCheck',
      '--ignoreConfig',
      '--types',
      '',
    ]
    return spawnSync(process.execPath, [tsc, ...flags, join(folder, 'dashboard.mts')], { encoding: 'utf8' })
      .stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('the dashboard', () => {
  it("is one by the types of Grafana's own package", () => {
    expect(checked()).toBe('')
  }, 60_000)

  it('has panels side by side, none over another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24)
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`)
    })
    expect(new Set(cells).size).toBe(cells.length)
  })

  it('asks for metrics and variables that there are', () => {
    const queries = templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query))
    const asked = [...expressions, ...queries].join('\n')
    expect([...asked.matchAll(/leakwatch_\w+/g)].filter(([name]) => !metrics.includes(name))).toEqual([])
    const names = new Set([...templating.list.map(({ name }) => name), '__rate_interval'])
    expect([...asked.matchAll(/\$(\w+)/g)].filter(([, name]) => !names.has(name ?? ''))).toEqual([])
  })

  it.skipIf(!hasPromtool)(`has queries that Prometheus understands${needsPromtool}`, () => {
    const rules = expressions.map((expr, index) => {
      const filled = expr.replace('$__rate_interval', '1m').replaceAll('$__rate_interval', '1m')
      return `      - record: query_${index}\n        expr: ${JSON.stringify(filled)}`
    })
    const file = `groups:\n  - name: dashboard\n    rules:\n${rules.join('\n')}\n`
    const { code, said } = promtool(['check', 'rules', 'rules.yml'], { 'rules.yml': file })
    expect(said).toContain(`SUCCESS: ${expressions.length} rules found`)
    expect(code).toBe(0)
  })
})
