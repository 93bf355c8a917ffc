import { describe, expect, it } from 'vitest'
import { recordFilesIn, recordFilesText } from '../../../src/processes/tree/record-file.ts'

describe('the place of records', () => {
  it('reads back as it was written, the nearest first', () => {
    const places = [
      { identity: '64768:12', mark: 'ab12', path: '/proc/12/fd/20' },
      { identity: '1:2', mark: 'cd34', path: '/tmp/with space/ü/records' },
    ]
    expect(recordFilesIn(recordFilesText(places))).toEqual(places)
  })

  it.each(['', 'on', '/proc/1/fd/2', '1:2:ab:relative', '%E0%A4%A'])('%j is none', (text) => {
    expect(recordFilesIn(text)).toEqual([])
  })
})
