import { describe, expect, it } from 'vitest'
import { atOnce } from '../../../src/core/time/steps.ts'
import { formatNames, formatOf } from '../../../src/report/formats/list.ts'
import { testPlace } from '../../../src/report/model/parts.ts'
import { cleanReport } from '../../../src/report/schema/clean-report.ts'
import type { Report } from '../../../src/report/schema/report.ts'
import { fullReport } from '../../cli/saved/wrong-reports.ts'
import { plantedCode, plantedTexts } from '../secrets/planted.ts'

/** Words that a reader compares, and times. */
const kept = /^(?:schema|at|.*At|severity|kind|trigger|state|engine|id|origin)$/

/** Replaces each text of the report that the program may have given. Gives how many. */
function plant(value: unknown, next: (key: string) => string): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, each] of Object.entries(value)) {
    if (typeof each !== 'string') plant(each, next)
    else if (!kept.test(key)) (value as Record<string, unknown>)[key] = next(key)
  }
}

/** Reports that have each planted text in each place. */
function plantedReports(): Report[] {
  const places = 40
  return Array.from({ length: places }, (_, offset) => {
    const report = fullReport()
    // Ids are what joins a report: they stay.
    const { handles, shutdown } = report
    let count = offset
    plant(report, (key) => {
      count += places + 1
      const all = key === 'code' ? plantedCode : plantedTexts
      return (all[count % all.length] as { text: string }).text
    })
    return { ...report, handles, shutdown }
  })
}

const secrets = new Set([...plantedTexts, ...plantedCode].map(({ secret }) => secret))
const shownIn = (text: string) => [...secrets].filter((secret) => text.includes(secret))

describe('a report that passed the door', () => {
  it.each(formatNames)('shows no secret as %s, wherever it was', (name) => {
    const output = { width: 80, isColoured: false, isDated: true, workspace: () => '/shop' }
    for (const report of plantedReports()) {
      expect(shownIn(JSON.stringify(report))).not.toEqual([])
      expect(shownIn(atOnce(formatOf(name).rendering([cleanReport(report)], output)))).toEqual([])
    }
  })

  it('has no text that nobody reads', () => {
    const report = fullReport()
    plant(report, () => 'word '.repeat(400_000))
    const { length } = JSON.stringify(cleanReport(report))
    expect(length).toBeLessThan(200_000)
  })
})

it('the name of a test is without secrets', () => {
  const labels = plantedTexts.map(({ secret, text }) => ({
    secret,
    shown: JSON.stringify(
      testPlace({ file: `/shop/${text}.test.js`, name: text, hook: text, allowed: null }),
    ),
  }))
  expect(labels.filter(({ secret, shown }) => shown.includes(secret))).toEqual([])
})
