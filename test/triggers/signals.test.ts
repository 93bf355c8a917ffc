import { afterEach, expect, it, vi } from 'vitest'
import { watchOwnKills } from '../../src/triggers/own-kills.ts'
import { watchProcess } from '../../src/triggers/process-events.ts'
import { isHeardByNobodyElse, listenForSignals } from '../../src/triggers/signal-listening.ts'
import { hearWhileAlone } from '../../src/triggers/signals.ts'

const signal = 'SIGUSR2'
const heard: string[] = []
const seen: unknown[] = []
const see = (event: string | symbol, listener: unknown) => seen.push([event, listener])
const own = (name: string) => heard.push(`own ${name}`)
let undos: (() => void)[] = []

interface Listening {
  listenerComes(event: string): void
  listenerWent(event: string): void
  end(): void
}

function follow<T extends Listening>(listening: T): T {
  const { listenerComes, listenerWent, end } = listening
  const undo = watchProcess({
    isOurs: () => false,
    before: () => {},
    exit: (code) => code,
    signal: () => {},
    unmade: () => {},
    listenerComes,
    listenerWent,
  })
  process.on('newListener', see as never)
  process.on('removeListener', see as never)
  seen.length = 0
  undos = [end, undo]
  return listening
}

afterEach(() => {
  process.removeListener('newListener', see as never)
  process.removeListener('removeListener', see as never)
  process.removeListener(signal, own)
  for (const undo of [...undos, ...undos]) undo()
  heard.length = 0
})

it('hears a signal for which nobody listens, without a listener', async () => {
  const hearing = follow(hearWhileAlone([signal], (name) => heard.push(name)))
  expect([process.listenerCount(signal), process.eventNames().includes(signal)]).toEqual([0, false])
  expect(hearing.isAlone(signal)).toBe(true)
  process.kill(process.pid, signal)
  await vi.waitFor(() => expect(heard).toEqual([signal]))
  expect(process.emit(signal, signal)).toBe(false)
  expect(heard).toEqual([signal])
})

it('leaves a signal to the listener of the program, and hears it again without one', async () => {
  const hearing = follow(hearWhileAlone([signal], (name) => heard.push(name)))
  process.on(signal, own)
  expect(hearing.isAlone(signal)).toBe(false)
  process.kill(process.pid, signal)
  await vi.waitFor(() => expect(heard).toEqual([`own ${signal}`]))
  process.removeListener(signal, own)
  expect(hearing.isAlone(signal)).toBe(true)
  process.kill(process.pid, signal)
  await vi.waitFor(() => expect(heard).toEqual([`own ${signal}`, signal]))
  expect(seen).toEqual([
    [signal, own],
    [signal, own],
  ])
})

it('listens for a report beside the program, and can be seen', () => {
  follow(listenForSignals(signal, () => {}))
  expect([process.listenerCount(signal), isHeardByNobodyElse(signal)]).toEqual([1, true])
  process.on(signal, own)
  expect([process.listenerCount(signal), isHeardByNobodyElse(signal)]).toEqual([2, false])
})

it('is gone, unseen, while what the program sends to itself is on its way to its own listener', () => {
  const listening = follow(listenForSignals(signal, () => {}))
  process.on(signal, own)
  process.kill(process.pid, signal)
  expect(process.listeners(signal)).toEqual([own])
  listening.dumpIsOver()
  expect(process.listenerCount(signal)).toBe(2)
  process.kill(process.pid, signal)
  process.removeListener(signal, own)
  expect([process.listenerCount(signal), isHeardByNobodyElse(signal)]).toEqual([1, true])
  expect(seen).toEqual([
    [signal, own],
    [signal, own],
  ])
})

it('sees what the program sends to itself, before it is sent', () => {
  const sent: string[] = []
  undos = [watchOwnKills((name) => sent.push(name))]
  process.on(signal, own)
  process.kill(process.pid, 0)
  process.kill(process.pid, signal)
  process.kill(String(process.pid) as unknown as number, signal)
  expect(() => process.kill(-999_999, signal)).toThrow('ESRCH')
  expect(sent).toEqual([signal, signal])
})
