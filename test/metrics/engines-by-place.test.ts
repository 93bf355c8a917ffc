import { beforeEach, describe, expect, it } from 'vitest'
import { endByItself, startAtOnce } from '../../src/core/engines/life.ts'
import { type EngineSeed, recordEngine } from '../../src/core/engines/record-engine.ts'
import * as room from '../../src/core/engines/state.ts'
import type { EngineRecord } from '../../src/core/records/engine-record.ts'
import { captureStack } from '../../src/core/stacks/captured-stack.ts'
import { atOnce } from '../../src/core/time/steps.ts'
import { type EnginesByPlace, lookingAtEngines } from '../../src/metrics/engines-by-place.ts'
import { beginAnew } from '../begin-anew.ts'

beforeEach(() => beginAnew(room))

/** Started at the caller's line. */
function started(seed: Partial<EngineSeed> = {}, stack = captureStack(started, 8)): EngineRecord {
  const record = recordEngine({}, { name: 'Pool', origin: 'library', start: 'new', stop: 'end', ...seed })
  startAtOnce(record, { stack })
  return record
}

function looked(): EnginesByPlace {
  return atOnce(lookingAtEngines())
}

describe('engines by place', () => {
  it('are counted where they were started', () => {
    const [first] = [1, 2, 3].map(() => started()) as [EngineRecord]
    started()
    endByItself(first)
    const { places, all, started: count } = looked()
    expect(places.map(({ started, alive, running }) => [started, alive, running])).toEqual([
      [2, 2, 2],
      [1, 1, 1],
    ])
    expect([all.alive, all.running, count]).toEqual([3, 3, 4])
    expect(places[0]?.key).toMatch(/^Pool .*engines-by-place\.test\.ts:\d+:\d+$/)
  })

  it('without a stack are counted at no place', () => {
    started({}, null)
    expect(looked()).toMatchObject({ places: [], all: { alive: 1, running: 1 }, started: 1 })
  })

  it('that hold nothing at the moment are alive, and do not run', () => {
    started({ isDormant: () => true })
    expect(looked().all).toMatchObject({ alive: 1, running: 0 })
  })

  it('that have ended by themselves are seen to', () => {
    started({ isOpen: () => false })
    expect(looked()).toMatchObject({ all: { alive: 0 }, started: 1 })
  })

  it('tell who waits for what they lend: of all at a place together', () => {
    const pools = [1, 2].map(() => started())
    for (const [index, pool] of pools.entries())
      pool.waiting = () => ({ count: index + 1, since: 100 - index, limitMs: null })
    const idle = started()
    idle.waiting = () => null
    expect(looked().waiters.map(({ count, since }) => [count, since])).toEqual([
      [3, 99],
      [0, null],
    ])
  })
})
