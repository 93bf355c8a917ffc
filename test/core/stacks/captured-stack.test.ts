import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { faults } from '../../../src/core/self/faults.ts'
import * as self from '../../../src/core/self/state.ts'
import {
  type CapturedStack,
  captureStack,
  rawLimit,
  readRawStacks,
} from '../../../src/core/stacks/captured-stack.ts'
import { isOnStack } from '../../../src/core/stacks/on-stack.ts'
import { scriptNames } from '../../../src/core/stacks/script-names.ts'
import { programSite } from '../../../src/core/stacks/sites.ts'
import { fresh, state } from '../../../src/core/stacks/state.ts'
import { beginAnew as beginTimeAnew } from '../../../src/core/time/state.ts'
import { whenYoungPeriodEnds } from '../../../src/core/time/young-period.ts'
import { beginAnew } from '../../begin-anew.ts'

beforeEach(() => {
  beginAnew({ state, fresh }, self)
  beginTimeAnew()
})

const here = fileURLToPath(import.meta.url)

function inner(depth = 8): CapturedStack {
  return captureStack(inner, depth) as CapturedStack
}

function middle(): CapturedStack {
  return inner()
}

const functions = (stack: CapturedStack): (string | null)[] => stack.frames.map((frame) => frame.function)

describe('a captured stack', () => {
  it('begins with the caller, innermost first, and is no deeper than asked for', () => {
    expect(functions(middle())[0]).toBe('middle')
    expect(middle().frames[0]?.file).toBe(here)
    expect(inner(2).frames.length).toBeLessThanOrEqual(2)
  })

  it('is raw until it is asked for, or all are read', () => {
    const [first, second] = [middle(), middle()]
    expect([first.isRead, second.isRead]).toEqual([false, false])
    void first.frames
    expect([first.isRead, second.isRead]).toEqual([true, false])
    readRawStacks()
    expect(second.isRead).toBe(true)
    expect(state.raw).toEqual([])
  })

  it('shares its frames, and the list of them, with those that are alike', () => {
    const [first, second] = [0, 1].map(() => middle()) as [CapturedStack, CapturedStack]
    expect(first.frames).toBe(second.frames)
  })

  it('has nothing to show once it was dropped', () => {
    const stack = middle()
    stack.drop()
    expect([stack.isRead, stack.frames]).toEqual([true, []])
  })

  it('is cut when it is read, or at once where it has been', () => {
    const [raw, read] = [middle(), middle()]
    void read.frames
    for (const stack of [raw, read]) stack.trim((frames) => frames.slice(1))
    expect(raw.isRead).toBe(false)
    expect(functions(raw)).not.toContain('middle')
    expect(functions(read)).not.toContain('middle')
  })

  it('is read no further than to the place in the program, where only that will be asked for', () => {
    const stack = middle()
    stack.abridge()
    expect(functions(stack)).toEqual(['middle'])
    expect(programSite(stack)).toMatchObject({ file: here })
  })

  it('is read whole all the same where it is to be cut', () => {
    const stack = middle()
    stack.abridge()
    stack.trim((frames) => frames.slice(1))
    expect(stack.frames.length).toBeGreaterThan(1)
  })

  it('keeps nobody waiting: where many are raw all are read', () => {
    let ends = 0
    whenYoungPeriodEnds([
      { name: 'counting', run: () => (ends += 1) },
      { name: 'reading', run: readRawStacks },
    ])
    for (let count = 0; count < 3 * rawLimit; count += 1) inner()
    expect(ends).toBe(2)
    expect(state.captured).toBe(3 * rawLimit)
    expect(state.raw.length).toBe(rawLimit)
  })
})

describe('the stack of a tick', () => {
  function tick(): CapturedStack {
    const stack = inner()
    stack.pass()
    return stack
  }
  const framesOf = (stack: CapturedStack): number => (stack.isRead ? stack.frames.length : -1)

  it('is dropped unread once the event loop has turned', () => {
    const stack = tick()
    readRawStacks(true)
    expect([framesOf(stack), state.raw]).toEqual([0, []])
  })

  it('is read where somebody asks within a turn: the tick may still open something', () => {
    const stack = tick()
    readRawStacks()
    expect(framesOf(stack)).toBeGreaterThan(0)
  })

  it('is read where others go on with it, unless these are dropped', () => {
    const [kept, left] = [tick(), tick()]
    const [socket, timer] = [inner(), inner()]
    socket.continueWith(kept)
    timer.continueWith(left)
    timer.drop()
    readRawStacks(true)
    expect(framesOf(kept)).toBeGreaterThan(0)
    expect(framesOf(left)).toBe(0)
  })

  it('goes with a whole chain of ticks that led to nothing', () => {
    const chain = [tick(), tick(), tick()]
    for (const [index, stack] of chain.entries()) stack.continueWith(chain[index - 1] ?? null)
    readRawStacks(true)
    expect(chain.map(framesOf)).toEqual([0, 0, 0])
  })
})

describe("the program's own settings of stacks", () => {
  const withLimit = (descriptor: PropertyDescriptor | null, body: () => void): void => {
    const before = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor
    Reflect.deleteProperty(Error, 'stackTraceLimit')
    if (descriptor !== null) Object.defineProperty(Error, 'stackTraceLimit', descriptor)
    try {
      body()
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', before)
    }
  }
  const usual = { configurable: true, enumerable: true, writable: true }

  it.each([
    ['low', { ...usual, value: 0 }],
    ['high', { ...usual, value: Number.POSITIVE_INFINITY }],
    ['read-only', { ...usual, writable: false, value: 1 }],
    ['absent', null],
  ])('a limit that is %s is as it was afterwards, and does not count', (_, descriptor) => {
    withLimit(descriptor, () => {
      expect(functions(middle()).slice(0, 1)).toEqual(['middle'])
      expect(Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? null).toEqual(descriptor)
    })
  })

  it('a limit that nobody can change counts', () => {
    const program = `
      Object.defineProperty(Error, 'stackTraceLimit', { value: 1, configurable: false, writable: false })
      const captured = inner()
      console.log(JSON.stringify([captured.frames.length, Error.stackTraceLimit]))`
    expect(run(program)).toEqual([1, 1])
  })

  it('`prepareStackTrace` is as it was, and is not called', () => {
    const theirs = Error.prepareStackTrace
    let calls = 0
    const own = () => (calls += 1)
    Error.prepareStackTrace = own
    try {
      expect(functions(middle())[0]).toBe('middle')
      expect(isOnStack(middle)).toBe(false)
      expect(scriptNames(middle, 4)).toEqual(expect.any(Array))
      expect(Error.prepareStackTrace).toBe(own)
      expect(calls).toBe(0)
    } finally {
      Error.prepareStackTrace = theirs as never
    }
    expect(faults()).toEqual([])
  })

  it('frozen, they leave stacks as text, which is read', () => {
    const program = `
      Error.stackTraceLimit = 10
      Object.freeze(Error)
      class Pump { open() { return inner() } }
      const [frame] = new Pump().open().frames
      const { construct, line } = frame
      console.log(JSON.stringify([frame.function, construct, line > 0, frame.file]))`
    expect(run(program)).toEqual(['Pump.open', false, true, '[eval]'])
  })

  it('frozen without a limit, there is no stack', () => {
    const program = `
      delete Error.stackTraceLimit
      Object.freeze(Error)
      console.log(JSON.stringify([captureStack(() => {}, 4)]))`
    expect(run(program)).toEqual([null])
  })
})

describe('who is on the stack', () => {
  it('is told by the function itself', () => {
    const outer = (body: () => boolean): boolean => body()
    expect(outer(() => isOnStack(outer))).toBe(true)
    expect(isOnStack(outer)).toBe(false)
    expect(isOnStack(null)).toBe(true)
  })

  it('is told as scripts, innermost first', () => {
    const names = (function ask(): readonly string[] {
      return scriptNames(ask, 3)
    })()
    expect(names.length).toBeGreaterThan(0)
    expect(names[0]).toContain('captured-stack.test.ts')
  })
})

/** What a program prints that has `captureStack`, and `inner` which calls it. */
function run(program: string): unknown {
  const module = fileURLToPath(new URL('../../../dist/core/stacks/captured-stack.js', import.meta.url))
  const head = `
    const { captureStack } = require(${JSON.stringify(module)})
    function inner() { return captureStack(inner, 8) }`
  return JSON.parse(execFileSync(process.execPath, ['-e', head + program], { encoding: 'utf8' }))
}
