import { expect, it } from 'vitest'
import { patienceMs } from '../../../src/core/records/waiting.ts'

it('a caller may wait for 10 s, or for half of what the pool itself allows', () => {
  expect([null, 60_000, 4000].map(patienceMs)).toEqual([10_000, 10_000, 2000])
})
