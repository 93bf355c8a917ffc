import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { openInbox } from '../../../src/cli/run/record-inbox.ts'
import { appendRecord, isReportRequested } from '../../../src/processes/tree/record-file.ts'
import { recordText } from '../../../src/processes/tree/records.ts'
import { endRecord as record } from '../../processes/tree/sample-records.ts'

describe.each([
  ['in a file without a name', undefined],
  ['in a folder, where there is no /proc', false],
])('records %s', (_where, hasProc) => {
  it('are gathered as they come, and nothing is left behind', () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('leakwatch-run-'))
    const inbox = openInbox(false, hasProc)
    const { file } = inbox
    expect(appendRecord([file], recordText(record))).toBe(true)
    inbox.read()
    expect(appendRecord([{ ...file, path: '/nowhere' }, file], recordText(record))).toBe(true)
    inbox.read()
    expect(inbox.records).toEqual([record, record])
    expect(isReportRequested([file])).toBe(false)
    inbox.requestReports(true)
    expect(isReportRequested([file])).toBe(true)
    // Another file in that place is not written to.
    expect(appendRecord([{ ...file, identity: '1:2' }], recordText(record))).toBe(false)
    inbox.close()
    expect(appendRecord([file], recordText(record))).toBe(false)
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('leakwatch-run-'))).toEqual(before)
  })
})
