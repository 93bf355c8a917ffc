import { describe, expect, it } from 'vitest'
import type { EngineRecord } from '../../src/core/records/engine-record.ts'
import type { OwnedHandle } from '../../src/core/stock.ts'
import { atOnce } from '../../src/core/time/steps.ts'
import { type Fault, judging } from '../../src/judge/judge.ts'
import type { Conditions } from '../../src/judge/kinds/kind.ts'
import { goneOf, stillTrue } from '../../src/judge/still-true.ts'

const conditions: Conditions = {
  trigger: 'exit',
  now: 1000,
  graceMs: 250,
  stallMs: 10_000,
  siblings: new Map(),
  ageOf: (startedAt) => 1000 - startedAt,
}

let looks = 0

/** A running engine, which counts how often it is asked for its state. */
function engine(parts: Partial<EngineRecord> = {}): EngineRecord {
  const { state = 'running', ...others } = parts
  const record = {
    origin: 'convention',
    parent: null,
    parentStart: 0,
    starts: 1,
    firstStart: 1,
    target: null,
    place: null,
    stoppedPlaces: null,
    ...others,
  } as EngineRecord
  Object.defineProperty(record, 'state', {
    configurable: true,
    enumerable: true,
    get: () => {
      looks += 1
      return state
    },
  })
  return record
}

function handle(owner: EngineRecord | null, isOpen = () => true): OwnedHandle {
  const resource = {}
  const kind = { type: 'TCPWRAP', isAlive: isOpen, isInternal: () => false }
  const record = { kind, deref: () => resource }
  return { owner, start: 1, ref: true, dueMs: null, isEngine: false, live: { record, resource } } as never
}

function judge(engines: EngineRecord[], handles: OwnedHandle[]): Fault[] {
  return atOnce(judging({ engines, handles }, conditions))
}

describe('judging', () => {
  it('blames the outermost engine, with all that those below it hold', () => {
    const outer = engine()
    const inner = engine({ parent: outer })
    const innermost = engine({ parent: inner })
    const held = handle(innermost)
    expect(judge([outer, inner, innermost], [held])).toMatchObject([
      {
        kind: 'never-stopped',
        severity: 'leak',
        engine: outer,
        handles: [held],
        children: [inner, innermost],
      },
    ])
  })

  it('blames nobody for what is below an engine that has ended', () => {
    const outer = engine()
    const ended = engine({ parent: outer, state: 'stopped' })
    const inner = engine({ parent: ended })
    expect(judge([outer, inner], []).map((fault) => fault.engine)).toEqual([outer, ended])
  })

  it('looks at each of thousands of engines below one a few times', () => {
    const count = 5000
    const outer = engine()
    const children = Array.from({ length: count }, () => engine({ parent: outer }))
    looks = 0
    expect(
      judge(
        [outer, ...children],
        children.map((child) => handle(child)),
      ),
    ).toHaveLength(1)
    expect(looks).toBeLessThan(20 * count)
  })

  it('takes more handles than a call takes arguments', () => {
    const outer = engine()
    const child = engine({ parent: outer })
    const handles = Array.from({ length: 200_000 }, () => handle(child))
    expect(judge([outer, child], handles)[0]?.handles).toHaveLength(200_000)
  })
})

describe('what has changed since it was judged', () => {
  const revised = (faults: readonly Fault[], handles: readonly OwnedHandle[]): (Fault | null)[] => {
    const gone = goneOf(handles)
    return faults.map((fault) => stillTrue(fault, gone))
  }

  it('is nothing: the fault is the same', () => {
    const owner = engine()
    const handles = [handle(owner), handle(null)]
    const faults = judge([owner], handles)
    expect(revised(faults, handles)).toEqual(faults)
  })

  it('is a handle that has closed: the others are told', () => {
    let isOpen = true
    const owner = engine()
    const handles = [handle(owner, () => isOpen), handle(owner), handle(null, () => isOpen)]
    const faults = judge([owner], handles)
    isOpen = false
    expect(revised(faults, handles)).toMatchObject([{ engine: owner, handles: [handles[1]] }, null])
  })

  it('is an engine that was stopped: it is not accused, nor is its parent of it', () => {
    const outer = engine()
    const inner = engine({ parent: outer })
    const alone = engine()
    const faults = judge([outer, inner, alone], [])
    for (const each of [inner, alone]) Object.defineProperty(each, 'state', { value: 'stopped' })
    expect(revised(faults, [])).toMatchObject([{ engine: outer, children: [] }, null])
  })

  it('is the last thing that a stopped engine had left: nothing is told', () => {
    let isOpen = true
    const owner = engine({ state: 'stopped' })
    const handles = [handle(owner, () => isOpen)]
    const faults = judge([], handles)
    expect(faults).toMatchObject([{ kind: 'stop-incomplete' }])
    isOpen = false
    expect(revised(faults, handles)).toEqual([null])
  })
})
