import { afterEach, expect, it } from 'vitest'
import { watchProcess } from '../../src/triggers/process-events.ts'

const signal = 'SIGUSR2'
const calls: string[] = []
let isAsked = false
let undo = () => {}

function watch(): void {
  undo = watchProcess({
    isOurs: () => isAsked,
    before: (event) => calls.push(`before ${event}`),
    exit: (code) => code,
    signal: (name) => calls.push(`after ${name}`),
    listenerComes: (event) => event === signal && calls.push(`comes, of ${process.listenerCount(event)}`),
    listenerWent: (event) => event === signal && calls.push(`went, of ${process.listenerCount(event)}`),
    unmade: () => {},
  })
}

afterEach(() => {
  undo()
  calls.length = 0
  isAsked = false
})

it('is told of a signal before and after the listeners of the program', () => {
  watch()
  process.once(signal, () => calls.push('program'))
  expect(process.emit(signal, signal)).toBe(true)
  expect(calls).toEqual(['comes, of 0', `before ${signal}`, 'went, of 0', 'program', `after ${signal}`])
})

it('keeps a signal of its own command line from the program', () => {
  watch()
  isAsked = true
  const own = () => calls.push('program')
  process.on(signal, own)
  expect(process.emit(signal, signal)).toBe(true)
  process.removeListener(signal, own)
  expect(calls).toEqual(['comes, of 0', 'went, of 0'])
})

it('throws what a listener throws, and is told all the same', () => {
  watch()
  process.once(signal, () => {
    throw new Error('of the program')
  })
  expect(() => process.emit(signal, signal)).toThrow('of the program')
  expect(calls).toEqual(['comes, of 0', `before ${signal}`, 'went, of 0', `after ${signal}`])
})

it('leaves `process.emit` and `process.reallyExit` as they were', () => {
  const exiting = process as unknown as { reallyExit: unknown }
  const { emit } = process
  const { reallyExit } = exiting
  const isOwn = Object.hasOwn(process, 'emit')
  watch()
  expect([process.emit === emit, exiting.reallyExit === reallyExit]).toEqual([false, false])
  expect(process.emit.length).toBe(emit.length)
  undo()
  expect([process.emit, exiting.reallyExit, Object.hasOwn(process, 'emit')]).toEqual([
    emit,
    reallyExit,
    isOwn,
  ])
})
