import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { atOnce } from '../../../src/core/time/steps.ts'
import { savingReport } from '../../../src/report/output/save.ts'
import type { Report } from '../../../src/report/schema/report.ts'
import { sampleReport } from '../sample.ts'

const saveReport = (report: Report, out: string) => atOnce(savingReport(report, out))

let root: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'output-')))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('save', () => {
  it('to a file: whole, readable by its user alone, and nothing beside it', () => {
    const out = join(root, 'new/deep/report.json')
    expect(saveReport(sampleReport(), out)).toBe(null)
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(sampleReport())
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(root, 'new/deep'))).toEqual(['report.json'])
  })

  it('replaces the file of before, whoever could read that', () => {
    const out = join(root, 'report.json')
    writeFileSync(out, 'old', { mode: 0o644 })
    expect(saveReport(sampleReport(), out)).toBe(null)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(out, 'utf8'))).toHaveProperty('schema')
  })

  it('puts pid, thread and sequence in the name', () => {
    saveReport(sampleReport(), join(root, '%p-%t-%n.json'))
    saveReport(sampleReport(), join(root, '%p-%t-%n.json'))
    const names = readdirSync(root).map((name) => /^123-0-(\d+)\.json$/.exec(name)?.[1])
    expect(names).toHaveLength(2)
    expect(Math.abs(Number(names[0]) - Number(names[1]))).toBe(1)
  })

  it('to a folder: one file a report', () => {
    const out = join(root, 'reports')
    saveReport(sampleReport(), out)
    saveReport(sampleReport(), out)
    const names = readdirSync(out)
    expect(names).toHaveLength(2)
    for (const name of names) expect(name).toMatch(/^leakwatch-2026-01-02T03-04-05-678Z-123-0-\d+\.json$/)
  })

  it('where nothing can be written says so, and leaves nothing', () => {
    mkdirSync(join(root, 'folder.json/full'), { recursive: true })
    writeFileSync(join(root, 'file'), '')
    expect(
      saveReport(sampleReport(), join(root, 'folder.json'))?.replaceAll(root, '<root>'),
    ).toMatchInlineSnapshot(
      `"LEAKWATCH_OUT_UNWRITABLE: expected \`LEAKWATCH_OUT\` to name a place that can be written; got EISDIR at \`<root>/folder.json\`. This report is not saved."`,
    )
    expect(saveReport(sampleReport(), join(root, 'file/reports'))).toMatch(
      /^LEAKWATCH_OUT_UNWRITABLE: .*ENOTDIR/,
    )
    expect(readdirSync(root).sort()).toEqual(['file', 'folder.json'])
  })

  it.runIf(existsSync('/proc/self'))('returns where a folder cannot be made', { timeout: 2000 }, () => {
    expect(saveReport(sampleReport(), '/proc/leakwatch/reports')).toMatch(/^LEAKWATCH_OUT_UNWRITABLE: /)
  })
})

it('a path that ends in `.html` is a page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-save-page-'))
  const file = join(folder, 'deep', 'report-%p.html')
  expect(saveReport(sampleReport(), file)).toBeNull()
  const page = join(folder, 'deep', 'report-123.html')
  expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>[\s\S]*OrderEngine was started 3 min ago/)
  expect(statSync(page).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'deep'))).toEqual(['report-123.html'])
  rmSync(folder, { recursive: true })
})
