import { beforeEach, describe, expect, it } from 'vitest'
import {
  beginStart,
  beginStop,
  endByItself,
  endIfClosed,
  endStart,
  endStop,
  goOn,
  type LifeEvent,
  loseStop,
  makeExplicit,
  noteHolding,
  presumeNone,
  type StartCall,
  startAtOnce,
  startReturned,
  transitions,
} from '../../../src/core/engines/life.ts'
import { ageEngines } from '../../../src/core/engines/objects.ts'
import { type EngineSeed, recordEngine } from '../../../src/core/engines/record-engine.ts'
import { engineCounts, runningEngines, sweepEngines } from '../../../src/core/engines/running-engines.ts'
import * as room from '../../../src/core/engines/state.ts'
import type { EngineRecord, EngineState } from '../../../src/core/records/engine-record.ts'
import { beginAnew } from '../../begin-anew.ts'

beforeEach(() => beginAnew(room))

function engine(seed: Partial<EngineSeed> = {}): EngineRecord {
  return recordEngine({}, { name: 'Engine', origin: 'explicit', start: 'start', stop: 'stop', ...seed })
}

function start(record: EngineRecord, parent: EngineRecord | null = null): StartCall {
  const call = beginStart(record, {}, { verb: 'start', stack: null, parent, parentStart: 0, stop: 'stop' })
  startReturned(call)
  return call
}

/** What `transitions` calls by names, done. */
const doing: Record<LifeEvent, (record: EngineRecord, call: StartCall | null) => unknown> = {
  start: (record) => start(record),
  started: (_record, call) => call !== null && endStart(call, 'started'),
  failed: (_record, call) => call !== null && endStart(call, 'failed'),
  stop: (record) => beginStop(record, 'stop', null),
  stopped: (record) => endStop(record, false),
  goingOn: (record) => goOn(record, 'close'),
  closing: (record) => endIfClosed(record),
  ended: (record) => endByItself(record),
}

/** An engine in `state`, and the start by which it came to it. Its own handle is closed, and holds others'. */
function engineIn(state: EngineState): { record: EngineRecord; call: StartCall | null } {
  const record = engine({ isOpen: () => false, holdsOthers: () => true })
  if (state === 'created') return { record, call: null }
  const call = start(record)
  if (state === 'failed') endStart(call, 'failed')
  else if (state !== 'starting') endStart(call, 'started')
  if (state === 'stopping' || state === 'stopped') beginStop(record, 'stop', null)
  if (state === 'stopped') endStop(record, false)
  expect(record.state).toBe(state)
  return { record, call }
}

describe('the table of transitions', () => {
  const states = Object.keys(transitions) as EngineState[]
  const events = Object.keys(doing) as LifeEvent[]
  for (const state of states) {
    for (const event of events) {
      const next = transitions[state][event] ?? state
      it(`${event}, while ${state}: ${next}`, () => {
        const { record, call } = engineIn(state)
        doing[event](record, call)
        expect(record.state).toBe(next)
      })
    }
  }
})

describe('a start', () => {
  it('counts once, and what runs is listed until it ends', () => {
    const record = engine()
    endStart(start(record), 'started')
    expect(engineCounts()).toEqual({ started: 1, stopped: 0, failed: 0 })
    expect(runningEngines()).toEqual([record])
    beginStop(record, 'stop', null)
    endStop(record, false)
    expect(engineCounts()).toEqual({ started: 1, stopped: 1, failed: 0 })
    expect(runningEngines()).toEqual([])
  })

  it('of an engine that runs is the second start of the same life', () => {
    const record = engine()
    endStart(start(record), 'started')
    endStart(start(record), 'started')
    expect([record.starts, record.firstStart, engineCounts().started]).toEqual([2, 1, 1])
  })

  it('that fails leaves an engine running that ran before', () => {
    const record = engine()
    endStart(start(record), 'started')
    expect(endStart(start(record), 'failed')).toBe(true)
    expect([record.state, engineCounts().failed]).toEqual(['running', 0])
  })

  it('that fails while it is the first is a failure, and can be tried again', () => {
    const record = engine()
    endStart(start(record), 'failed')
    expect([record.state, engineCounts().failed, runningEngines()]).toEqual(['failed', 1, []])
    endStart(start(record), 'started')
    expect([record.state, record.firstStart]).toEqual(['running', 2])
  })

  it('comes to no end where the engine was stopped meanwhile', () => {
    const record = engine()
    const call = start(record)
    beginStop(record, 'stop', null)
    expect(endStart(call, 'started')).toBe(false)
    expect(record.state).toBe('stopping')
  })

  it('comes to no end where it was started anew meanwhile', () => {
    const record = engine()
    const first = start(record)
    beginStop(record, 'stop', null)
    endStop(record, false)
    const second = start(record)
    expect(endStart(first, 'failed')).toBe(false)
    expect(record.state).toBe('starting')
    expect(endStart(second, 'started')).toBe(true)
  })

  it('begins a new life: nothing of the stop before is left', () => {
    const record = engine()
    endStart(start(record), 'started')
    beginStop(record, 'stop', {} as EngineRecord['stopped'])
    endStop(record, true)
    expect([record.stopped !== null, record.stopFailed]).toEqual([true, true])
    start(record)
    expect([record.stopped, record.stopFailed, record.stopCalledAt, record.stoppedAt]).toEqual([
      null,
      false,
      null,
      null,
    ])
  })

  it('has its parent hold something', () => {
    const parent = engine()
    startAtOnce(parent)
    expect(parent.holds).toBe(false)
    start(engine(), parent)
    expect(parent.holds).toBe(true)
  })
})

describe('a stop', () => {
  it('that was none leaves the engine running, to be stopped by another verb', () => {
    const { record } = engineIn('stopped')
    goOn(record, 'close')
    expect([record.stop, record.stopped, record.stopCalledAt, record.stoppedAt]).toEqual([
      'close',
      null,
      null,
      null,
    ])
    expect(engineCounts()).toEqual({ started: 1, stopped: 0, failed: 0 })
    expect(runningEngines()).toEqual([record])
  })

  it('of what never ran ends it, and no start is counted as stopped', () => {
    const record = engine()
    endByItself(record)
    expect([record.state, engineCounts().stopped]).toEqual(['stopped', 0])
  })

  it('that is called twice is the first one', () => {
    const record = engine()
    startAtOnce(record)
    beginStop(record, 'stop', null)
    const { stopCalledAt } = record
    beginStop(record, 'close', null)
    expect([record.stop, record.stopCalledAt]).toEqual(['stop', stopCalledAt])
  })

  it('that was lost with its engine counts as a stop', () => {
    const record = engine()
    startAtOnce(record)
    beginStop(record, 'stop', null)
    loseStop(record)
    expect([engineCounts().stopped, runningEngines()]).toEqual([1, []])
  })
})

describe('an engine that is collected while it runs', () => {
  it('is forgotten, unless the program named it', () => {
    const [plain, named] = [engine({ origin: 'convention' }), engine({ origin: 'explicit' })]
    for (const record of [plain, named]) {
      startAtOnce(record)
      Object.assign(record, { target: { deref: () => undefined } })
    }
    sweepEngines()
    expect(runningEngines()).toEqual([named])
  })
})

describe('what outlives the young period', () => {
  it('is held weakly, but for a lease that can say whether it is open', () => {
    const isOpen = (): boolean => true
    const seeds: Partial<EngineSeed>[] = [{}, { isOpen }, { lease: true }, { lease: true, isOpen }]
    const records = seeds.map((seed) => engine(seed))
    for (const record of records) start(record)
    ageEngines()
    const isWeak = records.map(({ target }) => target instanceof WeakRef)
    expect(isWeak).toEqual([true, true, true, false])
  })
})

describe('what was taken for no engine', () => {
  it('counts as started once it holds something', () => {
    const cls = { holds: false, isLight: true } as NonNullable<EngineRecord['cls']>
    const record = engine({ origin: 'convention', cls })
    presumeNone(record, 'open')
    expect(engineCounts().started).toBe(0)
    noteHolding(record)
    expect([record.state, record.start, engineCounts().started]).toEqual(['running', 'open', 1])
    expect([cls.holds, cls.isLight]).toEqual([true, false])
  })
})

it('a name of any length is kept up to a limit', () => {
  const record = recordEngine({}, { name: 'x'.repeat(1_000_000), origin: 'convention' })
  expect(record.name).toMatch(/^x{1000}…$/)
  makeExplicit(record, { name: 'y'.repeat(1_000_000), stop: 'stop', created: () => null })
  expect(record.name).toMatch(/^y{1000}…$/)
})
