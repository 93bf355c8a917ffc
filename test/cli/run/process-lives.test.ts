import { expect, it } from 'vitest'
import { processLives } from '../../../src/cli/run/process-lives.ts'
import { endRecord, startRecord } from '../../processes/tree/sample-records.ts'

it('the records of a pid that came again are those of two processes', () => {
  const watched = processLives([startRecord(1), startRecord(1, 2), endRecord, startRecord(1)])
  expect(watched.map(({ start, end }) => [start.process.threadId, end?.exitCode])).toEqual([
    [0, 0],
    [2, undefined],
    [0, undefined],
  ])
})
