import { beforeEach, describe, expect, it } from 'vitest'
import { startAtOnce } from '../../src/core/engines/life.ts'
import { recordEngine } from '../../src/core/engines/record-engine.ts'
import * as engines from '../../src/core/engines/state.ts'
import { ageHandles } from '../../src/core/handles/handle-table.ts'
import type { HandleType } from '../../src/core/handles/handle-type.ts'
import { liveHandles } from '../../src/core/handles/live-handles.ts'
import { fresh as freshHandles, state as handles } from '../../src/core/handles/state.ts'
import type { EngineRecord } from '../../src/core/records/engine-record.ts'
import {
  beginAnew as beginStockAnew,
  leaveAlone,
  lookingAtEngines,
  type Stock,
  staysFor,
  takingStock,
} from '../../src/core/stock.ts'
import { atOnce } from '../../src/core/time/steps.ts'
import { whenYoungPeriodEnds } from '../../src/core/time/young-period.ts'
import { beginAnew } from '../begin-anew.ts'
import { open, type Resource, resource, testType } from './handles/resources.ts'

beforeEach(() => {
  beginStockAnew()
  beginAnew(engines, { state: handles, fresh: freshHandles })
  whenYoungPeriodEnds([{ name: 'looking at young handles', run: ageHandles }])
})

const kept: object[] = []

function running(name: string, target: object = {}, parent: EngineRecord | null = null): EngineRecord {
  kept.push(target)
  const record = recordEngine(target, { name, origin: 'explicit', parent })
  startAtOnce(record)
  return record
}

/** A core engine that was born when `each` opened. */
function born(name: string, each: Resource): EngineRecord {
  const record = recordEngine(null, { name, origin: 'core' })
  startAtOnce(record)
  handles.bornFrom.set(each, record)
  return record
}

function stock(
  pooled: ReadonlyMap<object, EngineRecord | null> = new Map(),
  leftOut?: (reason: string) => boolean,
): Stock {
  return atOnce(takingStock(() => new Map(pooled), leftOut))
}

const resources = ({ handles }: Stock): object[] => handles.map(({ live }) => live.resource)

const unreferenced: HandleType = testType({ isReferenced: () => false })

describe('taking stock', () => {
  it('tells what is alive, and whose it is', () => {
    const engine = running('Pump')
    const [held, orphan] = [open(resource(), { owner: engine, start: 1 }), open(resource())]
    open(resource({ state: 'closed' }))
    const taken = stock()
    expect(taken.engines).toEqual([engine])
    expect(resources(taken)).toEqual([held, orphan])
    expect(taken.handles.map(({ owner, start, isEngine }) => ({ owner, start, isEngine }))).toEqual([
      { owner: engine, start: 1, isEngine: false },
      { owner: null, start: 0, isEngine: false },
    ])
  })

  it('asks the type of each whether it ends by itself, is closing, and holds the process', () => {
    const kind = testType({ dueMs: () => 5, isClosing: () => true, isReferenced: () => false })
    open(resource(), {}, kind)
    open(resource())
    expect(stock().handles.map(({ dueMs, closing, ref }) => ({ dueMs, closing, ref }))).toEqual([
      { dueMs: 5, closing: true, ref: false },
      { dueMs: null, closing: false, ref: true },
    ])
  })

  it('takes the handle of an engine for the engine itself, and an accepted one for its server’s', () => {
    const server = {}
    const engine = running('Server', server)
    open(resource({ owner: server }))
    open(resource({ owner: {} }), {}, testType({ mayBeAccepted: true, server: () => server }))
    expect(stock().handles.map(({ owner, isEngine }) => ({ owner, isEngine }))).toEqual([
      { owner: engine, isEngine: true },
      { owner: engine, isEngine: false },
    ])
  })

  it('tells a core engine which object it is once its handle has been handed to that', () => {
    const object = {}
    const each = resource()
    const engine = born('fs.FSWatcher', each)
    open(each, { owner: engine })
    stock()
    expect(engine.target).toBeNull()
    each.owner = object
    stock()
    expect(engine.target?.deref()).toBe(object)
  })
})

describe('what is one to users', () => {
  it('is shown once: the parts of an engine with its own handle, while that is open', () => {
    const main = resource()
    const engine = born('child_process.ChildProcess', main)
    open(main, { owner: engine }, unreferenced)
    const pipes = [0, 1].map(() => open(resource(), { owner: engine, part: true }))
    const folded = stock()
    expect(resources(folded)).toEqual([main])
    // A pipe that is referenced holds the process, whatever the child does.
    expect(folded.handles[0]).toMatchObject({ owner: engine, isEngine: true, ref: true })
    main.state = 'closed'
    expect(resources(stock())).toEqual(pipes)
  })

  it('a session and the socket below it: the session’s state, the socket’s flag and stack', () => {
    const socket = {}
    const session = testType({ type: 'SESSION', runsOn: () => socket, isReferenced: () => false })
    const engine = running('Client')
    open(resource({ owner: socket }))
    open(resource(), { owner: engine }, session)
    const [only, ...others] = stock().handles
    expect(others).toEqual([])
    expect(only).toMatchObject({ owner: engine, ref: true })
    expect(only?.live.record.kind).toBe(session)
  })
})

describe('sockets of a pool', () => {
  it("are its engine's, and nobody's where the pool is Node's own", () => {
    const pool = running('http.Agent')
    const [own, global, free] = [{}, {}, {}]
    open(resource({ owner: own }), { owner: running('Caller') })
    open(resource({ owner: global }))
    const left = open(resource({ owner: free }))
    const taken = stock(
      new Map([
        [own, pool],
        [global, null],
      ]),
    )
    expect(taken.handles.map(({ owner }) => owner)).toEqual([pool, null])
    expect(resources(taken)[1]).toBe(left)
  })
})

describe('what is meant to stay', () => {
  it('is left out: a handle, the object that has it, an engine with all that it started', () => {
    const object = {}
    const target = {}
    const engine = running('Cache', target)
    const child = running('Refresher', {}, engine)
    const other = running('Pump')
    leaveAlone(target, 'lives as long as the process')
    leaveAlone(object, 'the same')
    leaveAlone(open(resource()), 'the same')
    open(resource({ owner: object }))
    open(resource(), { owner: child })
    const left = open(resource(), { owner: other })
    const taken = stock()
    expect(taken.engines).toEqual([other])
    expect(resources(taken)).toEqual([left])
    expect(atOnce(lookingAtEngines())).toEqual([other])
  })

  it('is told where that is what is asked for', () => {
    const target = {}
    const engine = running('Cache', target)
    const each = open(resource())
    leaveAlone(target, 'always')
    leaveAlone(each, 'this once')
    expect(stock(new Map(), (reason) => reason === 'always').engines).toEqual([])
    expect(resources(stock(new Map(), (reason) => reason === 'always'))).toEqual([each])
    expect(staysFor('always', engine, undefined)).toBe(true)
    expect(staysFor('this once', engine, undefined)).toBe(false)
    const [handle] = liveHandles()
    expect(staysFor('this once', null, handle)).toBe(true)
    expect(staysFor('this once', null, undefined)).toBe(false)
  })
})
