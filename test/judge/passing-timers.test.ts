import { describe, expect, it } from 'vitest'
import type { OwnedHandle } from '../../src/core/stock.ts'
import { withoutPassingTimers } from '../../src/judge/passing-timers.ts'

interface Timer {
  dueMs: number | null
  ref: boolean
  state: string | null
  links: number
  callback: () => void
  openedAt: number
  frames: { file: string; function: string }[]
  origin: string
}

const own = [{ file: '/app/main.js', function: 'Job.run' }]
const librarys = [{ file: '/app/node_modules/redis/index.js', function: 'Redis.disconnect' }]

function isLeft(timer: Partial<Timer> = {}): boolean {
  const {
    dueMs = 5000,
    ref = true,
    state = 'stopped',
    links = 1,
    callback = () => {},
    openedAt = 0,
    frames = own,
    origin = 'convention',
  } = timer
  const record = { links, openedAt, stack: { frames }, kind: { callback: () => callback } }
  const owner = state === null ? null : { state, origin, stopCalledAt: 100 }
  const handle = { dueMs, ref, owner, live: { record, resource: {} } } as unknown as OwnedHandle
  return withoutPassingTimers({ engines: [], handles: [handle] }).handles.length === 1
}

describe('a one-shot timer of a stopped engine', () => {
  it('ends by itself where it is due within a second or unref`d', () => {
    expect(isLeft({ dueMs: 400 })).toBe(false)
    expect(isLeft({ dueMs: 60_000, ref: false })).toBe(false)
    expect(isLeft({ dueMs: 5000 })).toBe(true)
    expect(isLeft({ dueMs: null })).toBe(true)
  })

  it('ends by itself where a library has set it since the stop, for some seconds', () => {
    expect(isLeft({ dueMs: 2000, openedAt: 101, frames: librarys })).toBe(false)
    expect(isLeft({ dueMs: 20_000, openedAt: 101, frames: librarys })).toBe(true)
    expect(isLeft({ dueMs: 2000, openedAt: 99, frames: librarys })).toBe(true)
    expect(isLeft({ dueMs: 2000, openedAt: 101, frames: own })).toBe(true)
  })

  it('goes on where it is one of a chain, or its callback calls what made it', () => {
    const job = { run(): void {} }
    expect(isLeft({ dueMs: 400, links: 2 })).toBe(true)
    expect(isLeft({ dueMs: 400, callback: () => job.run() })).toBe(true)
    expect(isLeft({ dueMs: 400, callback: job.run.bind(job) })).toBe(true)
  })
})

it('the clock that clients of a library share is no part of one of them', () => {
  const clock = { dueMs: 400, ref: false, links: 5, frames: librarys, origin: 'library' }
  expect(isLeft(clock)).toBe(false)
  expect(isLeft({ ...clock, ref: true })).toBe(true)
  expect(isLeft({ ...clock, frames: own })).toBe(true)
  expect(isLeft({ ...clock, origin: 'convention' })).toBe(true)
})

it('a timer of an engine that runs, or of none, is left', () => {
  expect(isLeft({ dueMs: 400, state: 'running' })).toBe(true)
  expect(isLeft({ dueMs: 400, state: null })).toBe(true)
})

it('nobody can clear the timer of an AbortSignal', () => {
  const abortSignal = (..._: unknown[]): void => {}
  const signal = {}
  const abort = () => {
    abortSignal(signal, new DOMException('late', 'TimeoutError'))
  }
  expect(isLeft({ dueMs: 60_000, ref: false, state: 'running', callback: abort })).toBe(false)
  expect(isLeft({ dueMs: 60_000, ref: false, state: null, callback: abort })).toBe(false)
})
