import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listen } from '../../src/core/records/listeners.ts'
import { atOnce } from '../../src/core/time/steps.ts'
import { delivering, isWanted, tellListeners } from '../../src/live/delivering.ts'
import { sampleFinding, sampleReport } from '../report/sample.ts'
import { settingsWith } from './sample-stock.ts'

let folder: string
let told: unknown[]
let unlisten: () => void

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'delivering-')))
  told = []
  unlisten = listen('finding', (finding) => told.push(finding))
})
afterEach(() => {
  unlisten()
  rmSync(folder, { recursive: true, force: true })
})

const report = sampleReport({ findings: [sampleFinding(), sampleFinding({ id: '1' })] })

describe('delivering', () => {
  it('tells listeners of each finding, and saves the report', () => {
    const out = join(folder, 'report.json')
    atOnce(delivering(report, settingsWith({ out }), true))
    expect(told).toEqual(report.findings)
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(report)
  })

  it('tells listeners alone where somebody else prints and saves', () => {
    tellListeners(report)
    expect(told).toEqual(report.findings)
  })
})

describe('a fault is wanted', () => {
  const warning = { severity: 'warning' } as const

  it('where it is a leak', () => {
    unlisten()
    expect(isWanted({ severity: 'leak' }, { out: null })).toBe(true)
    expect(isWanted(warning, { out: null })).toBe(false)
  })

  it('where reports are saved, or somebody listens', () => {
    expect(isWanted(warning, { out: null })).toBe(true)
    unlisten()
    expect(isWanted(warning, { out: folder })).toBe(true)
  })
})
