import { expect, it } from 'vitest'
import { recordsIn, recordText } from '../../../src/processes/tree/records.ts'
import { startRecord } from './sample-records.ts'

it('a record that broke off in the writing spoils no other', () => {
  const text =
    recordText(startRecord(1)) + recordText(startRecord(2)).slice(0, 40) + recordText(startRecord(3))
  const { records, damaged } = recordsIn(text)
  expect(records).toEqual([startRecord(1), startRecord(3)])
  expect(damaged).toBe(1)
})
