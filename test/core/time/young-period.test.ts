import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { faults } from '../../../src/core/self/faults.ts'
import * as self from '../../../src/core/self/state.ts'
import { beginAnew as beginTimeAnew, state } from '../../../src/core/time/state.ts'
import { noteGap, runningMsBetween } from '../../../src/core/time/suspensions.ts'
import {
  beginYoungPeriod,
  doFirst,
  endYoungPeriod,
  stopYoungPeriod,
  whenYoungPeriodEnds,
} from '../../../src/core/time/young-period.ts'
import { beginAnew } from '../../begin-anew.ts'

beforeEach(() => {
  beginTimeAnew()
  beginAnew(self)
})

const done: string[] = []
const stage = (name: string) => ({ name, run: () => done.push(name) })

beforeEach(() => {
  done.length = 0
})

describe('the young period', () => {
  it('ends once, however much is young, with its stages in their order', async () => {
    whenYoungPeriodEnds([stage('stacks'), stage('handles')])
    doFirst(stage('promises'))
    for (let count = 0; count < 5; count += 1) beginYoungPeriod()
    while (done.length === 0) await sleep(20)
    await sleep(150)
    expect(done).toEqual(['promises', 'stacks', 'handles'])
  })

  it('ends sooner where somebody asks, and then not again', async () => {
    whenYoungPeriodEnds([stage('stacks')])
    beginYoungPeriod()
    endYoungPeriod()
    await sleep(150)
    expect(done).toEqual(['stacks'])
  })

  it('ends all the same where a stage throws', () => {
    const broken = {
      name: 'looking',
      run: () => {
        throw new Error('broken')
      },
    }
    whenYoungPeriodEnds([broken, stage('stacks')])
    endYoungPeriod()
    expect(done).toEqual(['stacks'])
    expect(faults()).toEqual(['looking: broken'])
  })

  it.each([
    ['stopped', stopYoungPeriod],
    ['forgotten by a test', beginTimeAnew],
  ])('that is %s has no end', async (_, forget) => {
    whenYoungPeriodEnds([stage('stacks')])
    beginYoungPeriod()
    forget()
    await sleep(150)
    expect(done).toEqual([])
    expect(state.cancelEnd).toBeNull()
  })
})

describe('the time in which this process ran', () => {
  it('is what is left without the gaps', () => {
    noteGap(50, 20)
    noteGap(100, 30)
    expect(runningMsBetween(0, 100)).toBe(50)
    expect(runningMsBetween(60, 100)).toBe(10)
    expect(runningMsBetween(100, 120)).toBe(20)
    expect(runningMsBetween(80, 100)).toBe(0)
  })
})
