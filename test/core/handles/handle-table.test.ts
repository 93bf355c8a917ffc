import { beforeEach, describe, expect, it } from 'vitest'
import { recordEngine } from '../../../src/core/engines/record-engine.ts'
import { adoptFields, handleHorizon } from '../../../src/core/handles/adopt-handles.ts'
import { isFollowed } from '../../../src/core/handles/announced-again.ts'
import { ageHandles, hasLiveHandle, ringSize, sweepHandles } from '../../../src/core/handles/handle-table.ts'
import { isStillAlive, liveHandles, lookingAtOwners } from '../../../src/core/handles/live-handles.ts'
import { fresh, state, sweepAtLeast } from '../../../src/core/handles/state.ts'
import { reattribute, stackOf } from '../../../src/core/handles/whose-handle.ts'
import { fresh as freshOwnership, state as ownership } from '../../../src/core/ownership/state.ts'
import type { EngineRecord } from '../../../src/core/records/engine-record.ts'
import { faults } from '../../../src/core/self/faults.ts'
import * as self from '../../../src/core/self/state.ts'
import { type CapturedStack, captureStack } from '../../../src/core/stacks/captured-stack.ts'
import { atOnce } from '../../../src/core/time/steps.ts'
import { whenYoungPeriodEnds } from '../../../src/core/time/young-period.ts'
import { beginAnew } from '../../begin-anew.ts'
import { looks, open, type Resource, resource, testType } from './resources.ts'

beforeEach(() => {
  beginAnew({ state, fresh }, self, { state: ownership, fresh: freshOwnership })
  whenYoungPeriodEnds([{ name: 'looking at young handles', run: ageHandles }])
  looks.count = 0
})

const engine = (): EngineRecord => recordEngine({}, { name: 'Engine', origin: 'convention' })

const stackHere = (): CapturedStack => captureStack(stackHere, 4) as CapturedStack

const alive = (): object[] => liveHandles().map((each) => each.resource)

describe('young handles', () => {
  it('are not looked at before the ring is full, and then once each', () => {
    const all = Array.from({ length: ringSize }, () => open(resource()))
    expect(looks.count).toBe(0)
    open(resource())
    expect(all.every((each) => each.looks === 1)).toBe(true)
    expect(state.youngCount).toBe(1)
    expect(state.ring).toHaveLength(ringSize)
  })

  it('that are over are forgotten, with their stacks; the others become old, in their order', () => {
    const stack = stackHere()
    open(resource({ state: 'closed' }), { stack })
    const opening = open(resource({ state: 'opening' }))
    const last = open(resource())
    ageHandles()
    expect(state.old.map((record) => record.deref())).toEqual([opening, last])
    expect(stack.isRead).toBe(true)
    expect(stack.frames).toEqual([])
  })

  it('leave no trace in the ring', () => {
    open(resource(), { owner: engine(), stack: stackHere() })
    ageHandles()
    expect(state.ring[0]).toMatchObject({ resource: null, owner: null, stack: null })
  })

  it("make their owner one that holds something once they are old, and forget whose a dead one's callbacks are", () => {
    const [holder, other] = [engine(), engine()]
    ownership.byAsyncId.set(7, other)
    open(resource(), { owner: holder })
    open(resource({ state: 'closed' }), { owner: other, asyncId: 7 })
    ageHandles()
    expect([holder.holds, other.holds]).toEqual([true, false])
    expect(ownership.byAsyncId.size).toBe(0)
  })

  it('of Node itself are not followed', () => {
    open(resource({ isInternal: true }))
    ageHandles()
    expect(state.old).toEqual([])
  })

  it('that cannot be looked at are a fault, and the others are looked at all the same', () => {
    const broken = testType({
      isAlive: () => {
        throw new Error('broken')
      },
    })
    open(resource(), {}, broken)
    const sound = open(resource())
    expect(alive()).toEqual([sound])
    expect(faults()).toEqual(['looking at a young handle: broken'])
  })
})

describe('old handles', () => {
  it('are alive by their own state', () => {
    const [first, second] = [open(resource()), open(resource())]
    expect(alive()).toEqual([first, second])
    first.state = 'closed'
    expect(alive()).toEqual([second])
    expect(state.old).toHaveLength(2)
  })

  it('are dropped by a sweep once they are over; the others keep their order', () => {
    const all = Array.from({ length: 6 }, () => open(resource()))
    ageHandles()
    for (const index of [0, 3]) (all[index] as Resource).state = 'closed'
    sweepHandles()
    expect(state.old.map((record) => record.deref())).toEqual([1, 2, 4, 5].map((index) => all[index]))
  })

  it('are swept when there are twice as many as the last sweep left: a few looks a handle, however many there are', () => {
    const count = 16 * sweepAtLeast
    for (let index = 0; index < count; index += 1) open(resource())
    ageHandles()
    expect(state.old).toHaveLength(count)
    expect(looks.count).toBeLessThan(4 * count)
  })

  it('stay few where most die soon after the young period', () => {
    let last: Resource[] = []
    for (let round = 0; round < 20; round += 1) {
      const these = Array.from({ length: ringSize }, () => open(resource()))
      ageHandles()
      for (const each of last) each.state = 'closed'
      last = these
    }
    expect(state.old.length).toBeLessThanOrEqual(4 * ringSize)
  })

  it('are asked no further than for the first, where it matters only whether there is one', () => {
    for (let index = 0; index < 100; index += 1) open(resource())
    ageHandles()
    looks.count = 0
    expect(hasLiveHandle()).toBe(true)
    expect(looks.count).toBe(1)
  })

  it('that cannot be looked at are kept, and are not alive', () => {
    let isBroken = false
    const kind = testType({
      isAlive: () => {
        if (isBroken) throw new Error('broken')
        return true
      },
    })
    open(resource(), {}, kind)
    ageHandles()
    isBroken = true
    sweepHandles()
    expect(state.old).toHaveLength(1)
    expect(alive()).toEqual([])
    expect(faults()).toEqual(['looking at an old handle: broken', 'looking at a handle: broken'])
  })

  it('name the engines that hold something', () => {
    const holder = engine()
    for (let index = 0; index < 3; index += 1) open(resource(), { owner: holder })
    open(resource())
    ageHandles()
    expect([...atOnce(lookingAtOwners())]).toEqual([holder])
  })

  it('may close after they were looked at', () => {
    const each = open(resource())
    const [live] = liveHandles()
    if (live === undefined) throw new Error('no handle')
    expect(isStillAlive(live)).toBe(true)
    each.state = 'closed'
    expect(isStillAlive(live)).toBe(false)
  })
})

describe('a handle that is announced again', () => {
  it('is known while it is young, and while it is old', () => {
    const each = open(resource())
    expect(isFollowed(each, 7)).toBe(true)
    ageHandles()
    expect(isFollowed(each, 7)).toBe(true)
    expect(isFollowed(resource(), 7)).toBe(false)
    expect(state.old).toHaveLength(1)
  })

  it('keeps its first record after a sweep found it over', () => {
    const each = open(resource(), { openedAt: 5 })
    ageHandles()
    each.state = 'closed'
    sweepHandles()
    expect(state.old).toEqual([])
    each.state = 'open'
    expect(isFollowed(each, 7)).toBe(true)
    expect(liveHandles().map(({ record }) => record.openedAt)).toEqual([5])
  })

  it('is not known where it was accepted and has no stack: a server has thousands', () => {
    const kind = testType({ mayBeAccepted: true })
    const [accepted, asked] = [open(resource(), {}, kind), open(resource(), { stack: stackHere() }, kind)]
    ageHandles()
    expect([isFollowed(accepted, 7), isFollowed(asked, 7)]).toEqual([false, true])
  })
})

describe('whose a handle is', () => {
  it('is corrected while it is young, and while it is old', () => {
    const stack = stackHere()
    const [young, old] = [engine(), engine()]
    const each = open(resource())
    reattribute(each, { madeBy: young, start: 1, stack, test: null })
    expect(state.ring[0]).toMatchObject({ owner: young, start: 1 })
    expect(stackOf(each)).toBe(stack)
    ageHandles()
    expect(stackOf(each)).toBe(stack)
    reattribute(each, { madeBy: old, start: 2, stack: null, test: null })
    expect(liveHandles()[0]?.record).toMatchObject({ owner: old, start: 2, stack: null })
  })

  it('is left as it is where the handle is not followed', () => {
    expect(stackOf(resource())).toBeNull()
    expect(() => reattribute(resource(), { madeBy: null, start: 0, stack: null, test: null })).not.toThrow()
  })

  it('is the engine in whose fields it, or the object that has it, stands', () => {
    const adopter = engine()
    const field = {}
    open(resource())
    const from = handleHorizon()
    const [direct, owned, other] = [
      open(resource(), { asyncId: 2 }),
      open(resource({ owner: field }), { asyncId: 3 }),
      open(resource(), { asyncId: 4 }),
    ]
    adoptFields(new Set([direct, field]), from, () => adopter)
    const ownerOf = (each: Resource) => state.ring.find((slot) => slot.resource === each)?.owner
    expect([direct, owned, other].map(ownerOf)).toEqual([adopter, adopter, null])
    expect([...ownership.byAsyncId.keys()].sort()).toEqual([2, 3])
  })

  it('is that engine also where the young period has ended since it opened', () => {
    const adopter = engine()
    const earlier = open(resource())
    const from = handleHorizon()
    const direct = open(resource(), { asyncId: 2 })
    ageHandles()
    adoptFields(new Set([earlier, direct]), from, () => adopter)
    expect(state.old.map(({ owner }) => owner)).toEqual([null, adopter])
  })

  it('is looked for among those that opened since, and no further', () => {
    let asked = 0
    const kind = testType({
      owner: () => {
        asked += 1
        return null
      },
    })
    for (let index = 0; index < 100; index += 1) open(resource(), {}, kind)
    const from = handleHorizon()
    for (let index = 0; index < 3; index += 1) open(resource(), {}, kind)
    adoptFields(new Set([{}]), from, () => null)
    expect(asked).toBe(3)
  })
})
